import { parseAddress, single } from '../base/address.ts';
import { shortId } from '../base/id.ts';
import { namedPorts } from '../io/scan/ports.ts';
import type { ScanPlan, Scope } from '../io/scan/scan-types.ts';
import type { Device } from '../model/device.ts';
import type { ScanRecord } from '../model/scan.ts';
import type { Site } from '../model/site.ts';

/** Milliseconds from the first sight of a device until it is asked: traffic may tell what it is. */
const SETTLE = 20_000;
const DAY = 86_400_000;
/** Devices that wait for their turn; a network that is new as a whole is scanned by `portolan scan`. */
const WAITING = 256;
/** What the audit log says of such a scan; the day's are counted by it. */
export const REASON = 'a new device was seen (watch --scan-new)';

export interface NewDevicesOptions {
  /** What was believed before the watch began: whoever is in it is not new. */
  readonly before: Site;
  /** Addresses of this machine. */
  readonly own: readonly string[];
  /** Scans a day, those of other watches on this store included. */
  readonly cap: number;
  readonly scope: Scope;
  now(): number;
  site(): Site;
  /** Times of the scans of this kind that the store knows of. */
  past(): readonly number[];
  /** Scans, keeps what was found, and writes down why. */
  scan(plan: ScanPlan): Promise<ScanRecord>;
  say(text: string): void;
}

/** Scans each device that is seen for the first time: gently, one at a time, so many a day. */
export class NewDevices {
  readonly #options: NewDevicesOptions;
  readonly #known: ReadonlySet<string>;
  /** Addresses and cards of whoever waits or had its turn. */
  readonly #taken = new Set<string>();
  /** Address → when it was seen first. */
  readonly #waiting = new Map<string, number>();
  #running: Promise<void> | undefined;
  #saidCap = false;

  constructor(options: NewDevicesOptions) {
    this.#options = options;
    const { before, own } = options;
    const known = before.devices.flatMap(({ addresses, macs }) => [...addresses, ...macs]);
    this.#known = new Set([...known, ...own]);
  }

  /** Whoever was in traffic just now. */
  seen(address: string, mac: string | undefined): void {
    if (!this.#isAskable(address) || this.#waiting.size >= WAITING) return;
    const keys = mac === undefined ? [address] : [address, mac];
    if (keys.some((key) => this.#known.has(key) || this.#taken.has(key))) return;
    for (const key of keys) this.#taken.add(key);
    this.#waiting.set(address, this.#options.now());
  }

  /** Called now and then: begins with the next whose time has come. */
  tick(): void {
    if (this.#running !== undefined || this.#waiting.size === 0) return;
    const now = this.#options.now();
    const next = [...this.#waiting].find(([, at]) => now - at >= SETTLE);
    if (next === undefined) return;
    const [address] = next;
    if (this.#isSpent(now)) return;
    this.#waiting.delete(address);
    const device = this.#deviceAt(address);
    const why = device === undefined ? undefined : reasonAgainst(device);
    if (why === undefined) this.#begin(address);
    else this.#options.say(`New device ${address} is not scanned: ${why}`);
  }

  /** Resolves when no scan is under way any more. */
  async end(): Promise<void> {
    this.#waiting.clear();
    await this.#running;
  }

  /** On our own networks; a link-local address means nothing without its link, and there will be another. */
  #isAskable(address: string): boolean {
    return !/^fe[89ab]/.test(address) && this.#options.scope.allows(address);
  }

  #isSpent(now: number): boolean {
    const { cap, past, say } = this.#options;
    const isSpent = past().filter((at) => now - at < DAY).length >= cap;
    if (isSpent && !this.#saidCap) {
      say(`New devices are not scanned any more today: the cap of ${cap} a day is reached`);
    }
    this.#saidCap = isSpent;
    return isSpent;
  }

  #deviceAt(address: string): Device | undefined {
    return this.#options.site().devices.find(({ addresses }) => addresses.includes(address));
  }

  #begin(address: string): void {
    const { scan, say, now, scope } = this.#options;
    say(`New device ${address}: scanning it, gently`);
    const plan = planFor(address, scope, shortId('S', `${now()} new ${address}`));
    this.#running = scan(plan)
      .then(
        ({ id, outcome }) => say(`New device ${address}: scan ${id} ${outcome}`),
        (error: unknown) =>
          say(
            `New device ${address} could not be scanned: ${error instanceof Error ? error.message : String(error)}`,
          ),
      )
      .finally(() => {
        this.#running = undefined;
      });
  }
}

/** Why a device is left to its owner; undefined where it may be asked. */
function reasonAgainst({
  robustness,
  robustnessReason,
  category,
  distressedAt,
}: Device): string | undefined {
  if (robustness === 'fragile') return `it is fragile (${robustnessReason})`;
  if (category === 'industrial') return 'it is industrial: whoever runs it decides';
  return distressedAt === undefined ? undefined : 'it stopped answering during a scan before';
}

/** The usual ports of one address, at the gentlest pace; nobody else is looked for. */
function planFor(address: string, scope: Scope, id: string): ScanPlan {
  const parsed = parseAddress(address);
  const { tcp, udp } = namedPorts('iot');
  return {
    id: `PTL-S-${id.replace(/^PTL-S-/, '')}`,
    targets: parsed === undefined ? [] : [single(parsed)],
    scope,
    tcp,
    udp,
    pace: 'gentle',
    assumeUp: true,
    discoverOnly: false,
    read: true,
  };
}
