import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap, fingerprint, withNumber } from './learned/bounded.ts';
import { RecentNumbers } from './learned/recent-numbers.ts';
import { service, tell } from './learned/tell.ts';

/** Addresses that nobody ever had, and for which one device asks within six hours. */
const EMPTY = 8;
/** So many are waited for to learn for which port they are looked for. */
const PATIENT = 12;
/** Neighbours that one device pings for the first time within two hours. */
const PINGED = 10;
const WITHIN = 21_600_000;
const WITHIN_PINGS = 7_200_000;
/** Milliseconds that an answer may take. */
const ANSWER = 1_500;
const SWEEPERS = 512;
/** Addresses that are taken, and who speaks to whom: of each the last that were noted. */
const ADDRESSES = 4_096;
const NOTHING: readonly Signal[] = [];
const ECHO = 8;
/** In place of a port. */
const PING = 65_536;
const ECHO_6 = 128;

export const hostSweep = {
  id: 'host_sweep',
  title: 'A device looks for others where nobody is',
  types: ['host_sweep', 'port_scan_horizontal'],
  thresholds: [
    `${PATIENT} addresses within ${WITHIN / 3_600_000} hours that nobody has (${EMPTY} where a port is looked for)`,
    `${PINGED} new neighbours pinged within ${WITHIN_PINGS / 3_600_000} hours`,
  ],
  sources: [
    'RFC 826: who looks for an address asks for it first, whatever it wants there',
    'MITRE ATT&CK T1018 (remote system discovery)',
  ],
  learns: false,
  knownFalse: [
    'a router that was asked from outside for addresses which nobody has (it is left out)',
    'a scan by the owner',
  ],
  sees: ['binding', 'opened', 'dhcp'],
  start: (context): Watch => new HostSweep(context),
} as const satisfies Detector;

interface Sweeper {
  readonly asked: Map<string, Instant>;
  readonly pinged: Map<string, Instant>;
  readonly frames: number[];
  /** The port that it tried last at a neighbour that is new to it. */
  port: { readonly text: string; readonly number: number; readonly at: Instant } | undefined;
  toldAt: Instant;
}

class HostSweep implements Watch {
  readonly #context: DetectorContext;
  readonly #sweepers = new BoundedMap<string, Sweeper>(SWEEPERS);
  /** Addresses that somebody has or had. */
  readonly #taken = new RecentNumbers(ADDRESSES);
  readonly #peers = new RecentNumbers(ADDRESSES);

  constructor(context: DetectorContext) {
    this.#context = context;
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let octets = this.#taken.octets + this.#peers.octets;
    for (const { asked, pinged } of this.#sweepers.values()) {
      octets += 500 + (asked.size + pinged.size) * 64;
    }
    return { octets, dropped: this.#sweepers.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    if (observation.kind === 'binding') return this.#binding(observation);
    if (observation.kind === 'opened') return this.#opened(observation);
    if (observation.kind === 'dhcp' && observation.address !== undefined) {
      this.#taken.add(fingerprint(observation.address));
    }
    return NOTHING;
  }

  #binding({ mac, address, target, at, frame }: Binding): readonly Signal[] {
    this.#taken.add(fingerprint(address));
    if (target === undefined || this.#taken.has(fingerprint(target))) return NOTHING;
    const device = this.#context.deviceOf(address, mac);
    if (this.#context.about(device).infrastructure) return [];
    const sweeper = this.#sweeperOf(device);
    if (sweeper.asked.has(target)) return [];
    sweeper.asked.set(target, at);
    if (frame !== undefined && sweeper.frames.length < 16) sweeper.frames.push(frame);
    return this.#judge(device, sweeper, at);
  }

  #judge(device: string, sweeper: Sweeper, at: Instant): readonly Signal[] {
    if (sweeper.asked.size < EMPTY) return [];
    for (const [address, when] of sweeper.asked) {
      const isOver = at - when > WITHIN || this.#taken.has(fingerprint(address));
      if (isOver) sweeper.asked.delete(address);
    }
    const empty = [...sweeper.asked.values()].filter((when) => at - when >= ANSWER).length;
    const port =
      sweeper.port !== undefined && at - sweeper.port.at < WITHIN ? sweeper.port : undefined;
    if (empty < (port === undefined ? PATIENT : EMPTY)) return [];
    if (at - sweeper.toldAt < WITHIN) {
      sweeper.asked.clear();
      return [];
    }
    sweeper.toldAt = at;
    const first = Math.min(...sweeper.asked.values());
    sweeper.asked.clear();
    return [this.#tell(device, sweeper, { at, first, count: empty, port })];
  }

  /** A ping of a neighbour, or a port that is tried at one. */
  #opened(opened: Opened): readonly Signal[] {
    const { source, destination, ipProtocol, icmpType, at, group } = opened;
    const { isLocal, deviceOf } = this.#context;
    const isPing = icmpType === ECHO || icmpType === ECHO_6;
    if (group || (ipProtocol !== 6 && !isPing)) return NOTHING;
    if (!isLocal(source.address) || !isLocal(destination.address)) return NOTHING;
    const device = deviceOf(source.address, source.mac);
    if (this.#context.about(device).infrastructure) return NOTHING;
    const pair = fingerprint(destination.address, fingerprint(device));
    if (this.#peers.add(withNumber(pair, isPing ? PING : destination.port))) return NOTHING;
    const sweeper = this.#sweeperOf(device);
    if (isPing) return this.#ping(device, sweeper, opened);
    sweeper.port = { text: service('tcp', destination.port), number: destination.port, at };
    return [];
  }

  #ping(device: string, sweeper: Sweeper, { destination, at, frame }: Opened): readonly Signal[] {
    const { pinged, frames } = sweeper;
    pinged.set(destination.address, at);
    for (const [address, when] of pinged) if (at - when > WITHIN_PINGS) pinged.delete(address);
    if (frame !== undefined && frames.length < 16) frames.push(frame);
    if (pinged.size < PINGED || at - sweeper.toldAt < WITHIN) return [];
    sweeper.toldAt = at;
    const first = Math.min(...pinged.values());
    const count = pinged.size;
    pinged.clear();
    return [this.#tell(device, sweeper, { at, first, count, port: undefined })];
  }

  #sweeperOf(device: string): Sweeper {
    const known = this.#sweepers.get(device);
    if (known !== undefined) return known;
    const sweeper: Sweeper = {
      asked: new Map(),
      pinged: new Map(),
      frames: [],
      port: undefined,
      toldAt: Number.NEGATIVE_INFINITY,
    };
    this.#sweepers.set(device, sweeper);
    return sweeper;
  }

  #tell(device: string, { frames }: Sweeper, { at, first, count, port }: Found): Signal {
    const minutes = Math.ceil((at - first) / 60_000);
    return tell({
      type: port === undefined ? 'host_sweep' : 'port_scan_horizontal',
      at,
      severity: port === undefined ? 'medium' : 'high',
      threat: 'unauthorised-access',
      devices: [device],
      ...(port === undefined ? {} : { port: port.number, transport: 'tcp' }),
      about: port === undefined ? 'sweep' : `${port.text} here`,
      summary: `${device} went through ${count} addresses of this network in ${minutes} minutes${port === undefined ? '' : `, looking for ${port.text}`}`,
      usual: 'Devices ask for the few neighbours that they know.',
      remedy: `If nobody scans on purpose, take ${device} off the network and look what runs on it.`,
      reasons: ['it looks for devices without knowing them', `${count} addresses`],
      facts: { addresses: count, minutes },
      frames,
      count,
    });
  }
}

interface Found {
  readonly at: Instant;
  readonly first: Instant;
  readonly count: number;
  readonly port: Sweeper['port'];
}

type Binding = Extract<Observation, { kind: 'binding' }>;
type Opened = Extract<Observation, { kind: 'opened' }>;
