import { userInfo } from 'node:os';
import { PortolanError } from '../../base/errors.ts';
import { reveal } from '../../base/untrusted.ts';
import { Engine } from '../../engine.ts';
import type { Place } from '../../ledger/cells.ts';
import { usedCell } from '../../ledger/used.ts';
import type { Device } from '../../model/device.ts';
import type { Evidence, NewEvidence, Subject, UserWord } from '../../model/evidence.ts';
import type { Cell } from '../../model/ledger.ts';
import type { Site } from '../../model/site.ts';
import type { OpenOptions } from '../store/open.ts';
import { openStore } from '../store/open.ts';
import type { Store, StoredUse } from '../store/store.ts';
import type { World } from '../world.ts';
import { engineTools } from './engine-tools.ts';
import { RuleBook } from './rule-book.ts';

/** Pieces of evidence that are believed in one step. */
const STEP = 100;

/** The store with what is believed of it: what every command that looks at the network opens first. */
export interface Session {
  readonly store: Store;
  readonly engine: Engine;
  /** The policy, and the firewalls that were read. */
  readonly rules: RuleBook;
  /** Stores, then believes: what could not be stored is not believed either. */
  add(evidence: readonly NewEvidence[]): readonly Evidence[];
  site(): Site;
  /** The same in steps of a few milliseconds, for who has others to answer meanwhile. */
  siteInSteps(): Generator<undefined, Site, undefined>;
  /** Believes what other processes stored meanwhile. @returns whether there was anything */
  catchUp(): boolean;
  /**
   * Believes what is stored, where that was left for later, in steps of a few milliseconds; until
   * then what is added is stored alone. Each step gives how many pieces of evidence were read.
   */
  readInSteps(): Generator<number, void, undefined>;
  close(): void;
}

export interface SessionOptions
  extends Pick<OpenOptions, 'shared' | 'mustOwn' | 'patience' | 'checkLater'> {
  /** What is stored is read by `readInSteps`, for who has to answer before. */
  readonly readLater?: boolean;
}

/** @param options `shared` for who runs for long, `mustOwn` for who keeps more than the store does */
export function openSession(world: World, options: SessionOptions = {}): Session {
  const { readLater = false, ...opening } = options;
  const store = openStore(world.dataFolder ?? world.env['PORTOLAN_DATA'], opening);
  const usage = new StoredUsage(store);
  const rules = new RuleBook(world, store);
  /** Of the policy, the firewalls and the feeds, as they were when the site was asked for last. */
  let stamp = '';
  const engine = new Engine(
    {
      ...engineTools(),
      usage: usage.cell,
      rules: (devices) => rules.of(devices),
      vulnerabilities: store.feeds,
      stampOf: (addresses) => `${stamp} ${usage.stampOf(addresses)}`,
    },
    [],
  );
  const past = new Past(store, engine);
  if (!readLater) toItsEnd(past.read());
  const lookAgain = (): void => {
    usage.refresh();
    const feeds = store.feeds.all().map(({ id, importedAt }) => `${id} ${importedAt}`);
    stamp = [rules.stamp(), ...feeds].join(' ');
  };
  return {
    store,
    engine,
    rules,
    add: (evidence) => past.add(evidence),
    catchUp: () => past.catchUp(),
    readInSteps: () => past.readAndFold(),
    site: () => {
      lookAgain();
      return usage.seenIn(engine.site(world.now(), store.scans()));
    },
    siteInSteps: function* inSteps() {
      lookAgain();
      return usage.seenIn(yield* engine.siteInSteps(world.now(), store.scans()));
    },
    close: () => store.close(),
  };
}

/** What the store holds → what is believed, in the order of its ids, whoever stored it. */
class Past {
  readonly #store: Pick<Store, 'append' | 'evidence'>;
  readonly #engine: Engine;
  #last = 0;
  #isRead = false;

  constructor(store: Pick<Store, 'append' | 'evidence'>, engine: Engine) {
    this.#store = store;
    this.#engine = engine;
  }

  *read(): Generator<number, number, undefined> {
    let count = 0;
    for (const evidence of this.#store.evidence()) {
      this.#believe([evidence]);
      count += 1;
      if (count % STEP === 0) yield count;
    }
    this.#isRead = true;
    // What was added while the last of it was taken in.
    this.catchUp();
    return count;
  }

  *readAndFold(): Generator<number, void, undefined> {
    const count = yield* this.read();
    for (const _ of this.#engine.foldInSteps()) yield count;
  }

  /** Until all was read, whoever reads gets to it. */
  add(evidence: readonly NewEvidence[]): readonly Evidence[] {
    const stored = this.#store.append(evidence);
    if (this.#isRead && stored[0]?.id === this.#last + 1) this.#believe(stored);
    else if (stored.length > 0) this.catchUp();
    return stored;
  }

  catchUp(): boolean {
    if (!this.#isRead) return false;
    const missed = [...this.#store.evidence({ after: this.#last })];
    this.#believe(missed);
    return missed.length > 0;
  }

  #believe(evidence: readonly Evidence[]): void {
    this.#last = evidence.at(-1)?.id ?? this.#last;
    this.#engine.step({ kind: 'evidence', evidence });
  }
}

function toItsEnd(steps: Iterator<unknown>): void {
  while (steps.next().done !== true);
}

/** What is *used*, from the flows in the store. */
class StoredUsage {
  readonly #store: Store;
  /** By address, and there by port. */
  readonly #byAddress = new Map<string, Map<string, StoredUse>>();
  #seq = -1;
  #isFresh = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Flows may have been added. */
  refresh(): void {
    this.#isFresh = false;
  }

  /** Undefined where no traffic of the device was seen at all. */
  readonly cell = (addresses: readonly string[], place: Place): Cell | undefined => {
    const all = this.#of(addresses);
    if (all.length === 0) return undefined;
    const uses = all.filter(
      ({ direction, transport, port }) =>
        direction === place.direction && transport === place.transport && port === place.port,
    );
    const from = Math.min(...all.map(({ first }) => first));
    return usedCell(place, uses, { from, to: Math.max(...all.map(({ last }) => last)) });
  };

  /** Who talks is seen, though nothing new is learned of him: evidence of that comes but now and then. */
  seenIn(site: Site): Site {
    const devices = site.devices.map((device) => {
      const talked = this.#of(device.addresses).reduce((last, use) => Math.max(last, use.last), 0);
      return talked > device.lastSeen ? { ...device, lastSeen: talked } : device;
    });
    return { ...site, devices };
  }

  /** Another one whenever another conversation of these addresses is known of. */
  stampOf(addresses: readonly string[]): string {
    const all = this.#of(addresses);
    return `${all.length} ${all.reduce((newest, { seq }) => Math.max(newest, seq), 0)}`;
  }

  #of(addresses: readonly string[]): readonly StoredUse[] {
    this.#catchUp();
    return addresses.flatMap((address) => [...(this.#byAddress.get(address)?.values() ?? [])]);
  }

  /** Reads what is another since it was read last. */
  #catchUp(): void {
    if (this.#isFresh) return;
    this.#isFresh = true;
    for (const use of this.#store.uses(this.#seq)) {
      this.#seq = Math.max(this.#seq, use.seq);
      const ports = this.#byAddress.get(use.address) ?? new Map<string, StoredUse>();
      this.#byAddress.set(use.address, ports);
      const key = `${use.direction} ${use.transport}/${use.port}`;
      if (use.flows > 0) ports.set(key, use);
      else ports.delete(key);
    }
  }
}

/** Runs with an open session and closes it whatever happens. */
export async function withSession<T>(
  world: World,
  work: (session: Session) => T | Promise<T>,
  options: Parameters<typeof openSession>[1] = {},
): Promise<T> {
  const session = openSession(world, options);
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

/** What a person says of a device, as evidence. */
export function userWord(world: World, subject: Subject, fact: UserWord): NewEvidence {
  return { at: world.now(), source: 'user', observer: who(), subject, certainty: 'proved', fact };
}

export function who(): string {
  try {
    return `user:${userInfo().username}`;
  } catch {
    // A number without a name, as containers have it.
    return `user:${process.getuid?.() ?? 'unknown'}`;
  }
}

/**
 * By id (with or without `PTL-D-`), address, MAC, or a part of the name that only one has.
 *
 * @throws PortolanError E_NOT_FOUND, naming those that it could be
 */
export function findDevice(site: Site, wanted: string): Device {
  const text = wanted.toLowerCase();
  const exact = site.devices.find(
    (device) =>
      device.id.toLowerCase() === text ||
      device.id.toLowerCase() === `ptl-d-${text}` ||
      device.addresses.includes(text) ||
      device.macs.includes(text) ||
      reveal(device.name).toLowerCase() === text,
  );
  if (exact !== undefined) return exact;
  const partly = site.devices.filter(({ name }) => reveal(name).toLowerCase().includes(text));
  if (partly.length === 1 && partly[0] !== undefined) return partly[0];
  const which = partly.slice(0, 5).map(({ id }) => id);
  throw new PortolanError(
    'E_NOT_FOUND',
    partly.length === 0
      ? `There is no device "${wanted}"`
      : `"${wanted}" could be ${which.join(', ')}`,
    { remedy: 'List them: portolan devices' },
  );
}

/** The subject by which evidence about a device is told to be about it. */
export function subjectOf(device: Device): Subject {
  const [mac] = device.macs;
  // A device without an address (Zigbee, Bluetooth) is known by the key that its hub's owner gave it.
  const address = device.addresses[0] ?? device.keys[0] ?? '';
  return mac === undefined ? { address } : { address, mac };
}
