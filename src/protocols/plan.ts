import type { Registry } from '../base/registry.ts';
import type { Carrier, Robustness, Transport } from '../model/core.ts';
import { protocols } from './index.ts';
import type { Probe, Protocol } from './protocol.ts';
import { NOTHING } from './shared/bytes.ts';

/** What is known of an open port before anything is asked there. */
export interface PlanQuestion {
  readonly port: number;
  readonly transport: Transport;
  readonly robustness: Robustness;
  /** One of `Category`, or `unknown`. */
  readonly category: string;
  /** What the device said by itself: nothing where it stayed silent, absent where nobody listened. */
  readonly banner?: Uint8Array;
  /** Ids of protocols that the device itself advertises for this port (mDNS, SSDP). */
  readonly hints: readonly string[];
}

/**
 * `greeting`: what the device said by itself is this protocol's. `habit`: the number is one behind
 * which people hide the usual one, as 8443 for 443.
 */
export type PlanReason = 'greeting' | 'advertised' | 'usual port' | 'habit' | 'generic';

export interface PlannedProbe {
  readonly protocol: Protocol & { readonly probe: Probe };
  readonly over: Carrier;
  readonly why: PlanReason;
}

/**
 * Raw printing, where whatever is sent is printed: no device gets a byte there unless it is known
 * to be something else and to bear it (HP, "Jetdirect port numbers": 9100 to 9107; RFC 1179: 515).
 */
const PRINTED = range(9100, 9107).concat(515);
/** The same on older print servers (HP, Lexmark, Axis). */
const PRINTED_BY_PRINTERS = range(2000, 2002);

/**
 * Numbers that only controllers use: S7, Modbus, Fox, IEC 104, OPC UA, FINS, DNP3, EtherNet/IP,
 * BACnet. Whatever is not the usual protocol there is not tried, unless the device is robust.
 */
const CONTROLLERS: readonly number[] = [102, 502, 1911, 2404, 4840, 9600, 19_998, 19_999].concat([
  20_000, 44_818, 47_808,
]);

/** Common and harmless first. Whatever the registry holds beyond these follows, fragile ones last. */
const COMMON = {
  stream: ['http', 'tls', 'mqtt', 'rtsp', 'amqp', 'sip', 'esphome-api', 'tuya', 'tplink-kasa'],
  datagram: ['coap', 'dtls', 'snmp', 'dns', 'ssdp', 'mdns', 'ntp', 'sip', 'miio', 'tplink-kasa'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The order in which an open port is asked. */
export function planProbes(
  question: PlanQuestion,
  registry: Registry<Protocol> = protocols,
): readonly PlannedProbe[] {
  if (isPrinted(question)) return [];
  return plan(question, question.transport, registry);
}

/** The same inside TLS or DTLS, once that has been proved. */
export function innerProbes(
  question: PlanQuestion,
  registry: Registry<Protocol> = protocols,
): readonly PlannedProbe[] {
  const inside = { ...question, banner: NOTHING };
  return plan(inside, question.transport === 'tcp' ? 'tls' : 'dtls', registry);
}

function isPrinted({ port, transport, robustness, category }: PlanQuestion): boolean {
  if (transport === 'udp') return false;
  const isPrinter = category === 'printer';
  if (isPrinter && PRINTED_BY_PRINTERS.includes(port)) return true;
  const isElse = robustness === 'robust' && category !== 'printer' && category !== 'unknown';
  return PRINTED.includes(port) && !isElse;
}

/** One way of asking, with what speaks for it. */
interface Candidate extends PlannedProbe {
  /** Whether the port is exactly the protocol's own. */
  readonly exact: boolean;
}

function plan(
  question: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly PlannedProbe[] {
  const guided = [
    ...greeting(question, over, registry),
    ...advertised(question, over, registry),
    ...usual(question, over, registry),
    ...habitual(question, over, registry),
  ];
  const isSpared =
    question.robustness === 'fragile' || isDelicate(question) || isController(question);
  const chosen = isSpared
    ? guided.filter(({ exact, protocol }) => exact || isFragile(protocol))
    : [...guided, ...generic(question, over, registry)];
  return withoutRepeats(chosen);
}

/** Printers and controllers, unless somebody who knows them gave their word that they bear it. */
function isDelicate({ category, robustness }: PlanQuestion): boolean {
  return robustness !== 'robust' && (category === 'printer' || category === 'industrial');
}

function isController({ port, robustness }: PlanQuestion): boolean {
  return CONTROLLERS.includes(port) && robustness !== 'robust';
}

function isFragile(protocol: Protocol): boolean {
  return protocol.fragile === true;
}

/** Whoever spoke first has told what he speaks, if anybody knows his words. */
function greeting(
  { banner = NOTHING, port }: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly Candidate[] {
  if (banner.length === 0) return [];
  return registry.all.flatMap((protocol) => {
    const server = banner.subarray(0, protocol.depth);
    const isIts = protocol.recognise({ client: NOTHING, server }).kind === 'yes';
    return isIts ? asked(protocol, over, 'greeting', isOwnPort(protocol, port)) : [];
  });
}

function isOwnPort(protocol: Protocol, port: number): boolean {
  return protocol.ports.some((usualPort) => usualPort.port === port);
}

function advertised(
  { hints, port }: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly Candidate[] {
  return hints.flatMap((id) => {
    const protocol = registry.get(id);
    if (protocol === undefined) return [];
    return asked(protocol, over, 'advertised', isOwnPort(protocol, port));
  });
}

/** The protocol itself, and TLS or DTLS where that carries it on this port. */
function usual(
  { port }: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly Candidate[] {
  return onPort(port, over, registry, 'usual port');
}

/** In the order of the numbers that the port may stand for. */
function habitual(
  { port }: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly Candidate[] {
  return replacedPorts(port, registry).flatMap((replaced) =>
    onPort(replaced, over, registry, 'habit'),
  );
}

/**
 * Numbers that people replace by this one: 8102 and 10102 for 102, 8443 and 4433 for 443, 2323 for
 * 23, 11883 for 1883, and by the last three digits 8672 for 5672.
 */
export function replacedPorts(
  port: number,
  registry: Registry<Protocol> = protocols,
): readonly number[] {
  const tail = port % 1000;
  const sameTail = indexOf(registry).portsByTail.get(tail) ?? [];
  const twice = port % 101 === 0 ? [port / 101] : [];
  const numbers = [port - 8000, tail, port % 10_000, ...twice, Math.floor(port / 10), ...sameTail];
  return [...new Set(numbers)].filter((number) => number > 0 && number !== port);
}

function onPort(
  port: number,
  over: Carrier,
  registry: Registry<Protocol>,
  why: 'usual port' | 'habit',
): readonly Candidate[] {
  const exact = why === 'usual port';
  const carrier = over === 'tcp' ? 'tls' : over === 'udp' ? 'dtls' : undefined;
  return (indexOf(registry).byPort.get(port) ?? []).flatMap(({ protocol, over: own }) => {
    if (own === over) return asked(protocol, over, why, exact);
    const outer = own === carrier ? registry.get(carrier) : undefined;
    return outer === undefined ? [] : asked(outer, over, why, exact);
  });
}

interface Index {
  readonly byPort: ReadonlyMap<number, readonly { protocol: Protocol; over: Carrier }[]>;
  /** By the last three digits. */
  readonly portsByTail: ReadonlyMap<number, readonly number[]>;
  /** Filled as it is asked for. */
  readonly ranked: Map<Carrier, readonly Candidate[]>;
}

/** Made once a registry: each open port of each device asks for it, and it never changes. */
const INDEXES = new WeakMap<Registry<Protocol>, Index>();

function indexOf(registry: Registry<Protocol>): Index {
  const known = INDEXES.get(registry);
  if (known !== undefined) return known;
  const all = registry.all.flatMap((protocol) =>
    protocol.ports.map(({ port, over }) => ({ protocol, port, over })),
  );
  const index: Index = {
    byPort: grouped(all, ({ port }) => port),
    portsByTail: grouped(new Set(all.map(({ port }) => port)), (port) => port % 1000),
    ranked: new Map(),
  };
  INDEXES.set(registry, index);
  return index;
}

function grouped<T>(
  items: Iterable<T>,
  by: (item: T) => number,
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group === undefined) groups.set(by(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Whoever only listens is of no use where the device was listened to and said nothing. */
function generic(
  { banner }: PlanQuestion,
  over: Carrier,
  registry: Registry<Protocol>,
): readonly Candidate[] {
  const ranked = rankedFor(over, registry);
  const listening = ranked.filter(({ protocol }) => protocol.probe.impact === 'listens');
  const speaking = ranked.filter(({ protocol }) => protocol.probe.impact !== 'listens');
  const silent = banner !== undefined && banner.length === 0;
  return silent ? speaking : [...listening, ...speaking];
}

function rankedFor(over: Carrier, registry: Registry<Protocol>): readonly Candidate[] {
  const { ranked } = indexOf(registry);
  const known = ranked.get(over);
  if (known !== undefined) return known;
  const made = registry.all
    .flatMap((protocol) => asked(protocol, over, 'generic', false))
    .toSorted((a, b) => rank(a) - rank(b));
  ranked.set(over, made);
  return made;
}

function rank({ protocol, over }: Candidate): number {
  const isDatagram = over === 'udp' || over === 'dtls';
  const common: readonly string[] = isDatagram ? COMMON.datagram : COMMON.stream;
  const place = common.indexOf(protocol.id);
  if (place !== -1) return place;
  return common.length + (isFragile(protocol) ? 1 : 0);
}

function asked(
  protocol: Protocol,
  over: Carrier,
  why: PlanReason,
  exact: boolean,
): readonly Candidate[] {
  return isAskable(protocol, over) ? [{ protocol, over, why, exact }] : [];
}

function isAskable(
  protocol: Protocol,
  over: Carrier,
): protocol is Protocol & { readonly probe: Probe } {
  return protocol.probe?.over.includes(over) === true;
}

function withoutRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Set<string>();
  return candidates.filter(({ protocol }) => {
    const isNew = !seen.has(protocol.id);
    seen.add(protocol.id);
    return isNew;
  });
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
