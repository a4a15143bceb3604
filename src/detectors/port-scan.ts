import type { Signal } from '../model/alert.ts';
import type { Instant } from '../model/core.ts';
import type { Observation } from '../model/observation.ts';
import type { Detector, DetectorContext, Watch } from './detector.ts';
import { BoundedMap } from './learned/bounded.ts';
import { deviceAt, transportOf } from './learned/ends.ts';
import { withFlow } from './learned/flow-id.ts';
import { service, tell } from './learned/tell.ts';
import type { Attempt } from './scan/attempts.ts';
import { Attempts } from './scan/attempts.ts';

/** Ports of one address, or addresses for one port, that were tried in vain and never before. */
const PORTS = 8;
const ADDRESSES = 8;
/** On the Internet many peers are gone (P2P): there it takes more, and sooner (Zeek's scan.zeek). */
const OUTSIDE = 25;
const OUTSIDE_WITHIN = 300_000;
/** Milliseconds for which an attempt counts: the slowest scan of the field's tools (nmap -T0) is 5 min a port. */
const WITHIN = 86_400_000;
const WITHIN_ADDRESSES = 21_600_000;
const QUIET = 3_600_000;
const SCANNERS = 1_024;
const TARGETS = 24;
/** Octets of a source, and of each target and port that it tried in vain. */
const SCANNER_OCTETS = 700;
const TRIED_OCTETS = 280;
const NOTHING: readonly Signal[] = [];
/** traceroute(8): a port more for each hop. */
const TRACE_FROM = 33_434;
const TRACE_TO = 33_534;

export const portScan = {
  id: 'port_scan',
  title: 'Somebody tries ports of a device, or one port of many devices',
  types: ['port_scan_vertical', 'port_scan_horizontal'],
  thresholds: [
    `${PORTS} ports of one address in vain within ${WITHIN / 3_600_000} hours`,
    `one port of ${ADDRESSES} addresses in vain within ${WITHIN_ADDRESSES / 3_600_000} hours; outside ${OUTSIDE} within ${OUTSIDE_WITHIN / 60_000} minutes`,
  ],
  sources: [
    'J. Jung et al., Fast Portscan Detection Using Sequential Hypothesis Testing, 2004: first contacts, of which scanners fail at most',
    'Zeek scan.zeek: 15 ports or 25 hosts in 5 minutes',
    'MITRE ATT&CK T1046',
  ],
  learns: false,
  knownFalse: [
    'an inventory or a scan that somebody started on purpose',
    'an app that looks for its devices and knows several ports',
  ],
  sees: ['opened', 'answered', 'closed'],
  start: (context): Watch => new PortScan(context),
} as const satisfies Detector;

interface Scanner {
  /** By address: ports that failed, and when. */
  readonly byTarget: BoundedMap<string, Map<number, Instant>>;
  /** By port: addresses that failed, and when. */
  readonly byPort: BoundedMap<string, Map<string, Instant>>;
  readonly frames: number[];
  tries: number;
  successes: number;
  /** When it was told that it looks for a port at many addresses. */
  toldAt: Instant;
}

class PortScan implements Watch {
  readonly #context: DetectorContext;
  readonly #attempts: Attempts;
  readonly #scanners = new BoundedMap<string, Scanner>(SCANNERS);

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#attempts = new Attempts(context);
  }

  get size(): { readonly octets: number; readonly dropped: number } {
    let { octets } = this.#attempts;
    for (const scanner of this.#scanners.values()) octets += octetsOf(scanner);
    return { octets, dropped: this.#attempts.dropped };
  }

  see(observation: Observation): readonly Signal[] {
    return this.#judgeAll(this.#attempts.see(observation));
  }

  tick(now: Instant): readonly Signal[] {
    return this.#judgeAll(this.#attempts.tick(now));
  }

  #judgeAll(attempts: readonly Attempt[]): readonly Signal[] {
    return attempts.length === 0 ? NOTHING : attempts.flatMap((one) => this.#judge(one));
  }

  #judge(attempt: Attempt): readonly Signal[] {
    const { opened, outcome } = attempt;
    const source = deviceAt(this.#context, opened.source);
    if (this.#context.about(source).infrastructure) return [];
    const scanner = this.#scannerOf(source);
    scanner.tries += 1;
    if (outcome === 'answered') {
      scanner.successes += 1;
      return [];
    }
    if (!isTelling(attempt, this.#context)) return [];
    if (opened.frame !== undefined && scanner.frames.length < 16) scanner.frames.push(opened.frame);
    return [
      ...this.#vertical(source, scanner, attempt),
      ...this.#horizontal(source, scanner, attempt),
    ].map((signal) => withFlow(signal, opened));
  }

  #scannerOf(source: string): Scanner {
    const known = this.#scanners.get(source);
    if (known !== undefined) return known;
    const scanner = {
      byTarget: new BoundedMap<string, Map<number, Instant>>(TARGETS),
      byPort: new BoundedMap<string, Map<string, Instant>>(TARGETS),
      frames: [],
      tries: 0,
      successes: 0,
      toldAt: Number.NEGATIVE_INFINITY,
    };
    this.#scanners.set(source, scanner);
    return scanner;
  }

  #vertical(source: string, scanner: Scanner, { opened, at }: Attempt): readonly Signal[] {
    const { destination } = opened;
    const ports = scanner.byTarget.get(destination.address) ?? new Map<number, Instant>();
    scanner.byTarget.set(destination.address, ports);
    const transport = transportOf(opened.ipProtocol) ?? 'tcp';
    if (!countsUp(ports, destination.port, at, WITHIN, PORTS)) return [];
    const target = deviceAt(this.#context, destination);
    return [
      tell({
        type: 'port_scan_vertical',
        at,
        severity: 'high',
        threat: 'unauthorised-access',
        devices: [source, target],
        peer: destination.address,
        transport,
        about: target,
        summary: `${source} tries the ports of ${target}: ${PORTS} that it never used before did not answer`,
        usual: 'Devices know the ports of their peers: first contacts succeed.',
        remedy: `If nobody scans on purpose, take ${source} off the network and look what runs on it.`,
        reasons: ['ports are tried that nobody offers', `${PORTS} first contacts in vain`],
        facts: {
          'ports in vain': PORTS,
          'first contacts': scanner.tries,
          answered: scanner.successes,
          minutes: Math.ceil((at - Math.min(...ports.values())) / 60_000),
        },
        frames: scanner.frames,
        count: PORTS,
      }),
    ];
  }

  #horizontal(source: string, scanner: Scanner, { opened, at }: Attempt): readonly Signal[] {
    const { destination } = opened;
    const isInside = this.#context.isLocal(destination.address);
    const transport = transportOf(opened.ipProtocol) ?? 'tcp';
    const what = service(transport, destination.port);
    const key = `${what} ${isInside ? 'here' : 'outside'}`;
    const addresses = scanner.byPort.get(key) ?? new Map<string, Instant>();
    scanner.byPort.set(key, addresses);
    const [enough, within] = isInside ? [ADDRESSES, WITHIN_ADDRESSES] : [OUTSIDE, OUTSIDE_WITHIN];
    if (!countsUp(addresses, destination.address, at, within, enough)) return [];
    // Whoever looks for several ports is told of once.
    if (at - scanner.toldAt < QUIET) return [];
    scanner.toldAt = at;
    return [
      tell({
        type: 'port_scan_horizontal',
        at,
        severity: 'high',
        threat: isInside ? 'unauthorised-access' : 'malware',
        devices: [source],
        peer: destination.address,
        port: destination.port,
        transport,
        about: key,
        summary: `${source} looks for ${what} ${isInside ? 'on this network' : 'on the Internet'}: ${enough} addresses that it never spoke to did not answer`,
        usual: 'Devices know their peers: first contacts succeed.',
        remedy: `If nobody scans on purpose, take ${source} off the network and look what runs on it.`,
        reasons: ['one port is tried at many addresses', `${enough} first contacts in vain`],
        facts: {
          'addresses in vain': enough,
          'first contacts': scanner.tries,
          answered: scanner.successes,
          minutes: Math.ceil((at - Math.min(...addresses.values())) / 60_000),
        },
        frames: scanner.frames,
        count: enough,
      }),
    ];
  }
}

function octetsOf({ byTarget, byPort }: Scanner): number {
  let octets = SCANNER_OCTETS;
  for (const ports of byTarget.values()) octets += TRIED_OCTETS + ports.size * 40;
  for (const addresses of byPort.values()) octets += TRIED_OCTETS + addresses.size * 64;
  return octets;
}

/** Silence of UDP says nothing: most of it is never answered. */
function isTelling({ opened, outcome }: Attempt, context: DetectorContext): boolean {
  const { ipProtocol, destination } = opened;
  const isTrace = destination.port >= TRACE_FROM && destination.port <= TRACE_TO;
  if (ipProtocol === 17 && (isTrace || !context.isLocal(destination.address))) return false;
  return ipProtocol === 6 || outcome === 'refused';
}

/** Notes it. @returns whether with it there are enough within the time, for the first time */
function countsUp<Key>(
  seen: Map<Key, Instant>,
  key: Key,
  at: Instant,
  within: number,
  enough: number,
): boolean {
  if (seen.has(key)) return false;
  const wasEnough = seen.size >= enough;
  if (seen.size + 1 >= enough) forgetOld(seen, at - within);
  // Told already: the same goes on.
  if (wasEnough && seen.size >= enough) return false;
  seen.set(key, at);
  return seen.size >= enough;
}

function forgetOld<Key>(seen: Map<Key, Instant>, before: Instant): void {
  for (const [key, when] of seen) if (when < before) seen.delete(key);
}
