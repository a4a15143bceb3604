import type { Address } from '../../src/base/address.ts';
import { contains, parseAddress } from '../../src/base/address.ts';
import type { Tuple } from '../../src/policy/simulate/conntrack.ts';
import { ACK, FIN, inverted, isError, RST, SYN } from '../../src/policy/simulate/conntrack.ts';
import { ICMP, ICMPV6, TCP } from '../../src/policy/simulate/match.ts';
import type { Leaving, SimulatedPacket } from '../../src/policy/simulate/simulator.ts';
import type { Sent } from './frames.ts';
import { PORTS } from './policies.ts';
import type { Random } from './random.ts';
import type { Host } from './site.ts';
import { EXTERNAL, FAR, GATEWAY, HOSTS, ROUTER } from './site.ts';

/** A packet to send and the interface of the router that it comes in by. */
export interface Probe extends Sent {
  readonly inInterface: string;
}

/** Ports that no other packet of a run has, so that each is a connection of its own. */
const FIRST_PORT = 10_000;
const PORT_COUNT = 50_000;

const OWN = ROUTER.interfaces.flatMap(({ addresses }) => addresses);
const OUTSIDE = [EXTERNAL.v4, EXTERNAL.v6].flatMap((text) => parseAddress(text) ?? []);
/** Far hosts more than once: most of what devices do goes there. */
const TARGETS: readonly Address[] = [
  ...HOSTS.flatMap(({ v4, v6 }) => [v4, v6]),
  ...[...FAR, ...FAR, ...FAR],
  ...[...OWN, ...OWN],
  ...OUTSIDE,
];

export function randomProbe(random: Random, id: number): Probe {
  const { inInterface, sourceMac, source } = sender(random);
  const usable = TARGETS.filter(
    (one) =>
      one.family === source.family && one.value !== source.value && isReached(one, inInterface),
  );
  const destination = random.of(usable);
  const base = { id, inInterface, sourceMac, source, destination };
  const port = FIRST_PORT + (id % PORT_COUNT);
  const rest = transport(random, source.family, port);
  // Without ports two sources behind one address are one, and the second is dropped.
  const isMerged = rest.protocol === OTHER && isOutside(destination);
  return {
    ...base,
    ...rest,
    ...(isMerged ? { protocol: 17, sourcePort: port, destinationPort: 9 } : {}),
  };
}

/** For experiments, RFC 3692. */
const OTHER = 253;

function isOutside(address: Address): boolean {
  return ROUTER.routes.find(({ to }) => contains(to, address))?.out === 'wan0';
}

/** What is beyond the gateway comes from it, and does not go back out to it by way of us. */
function isReached(target: Address, inInterface: string): boolean {
  return inInterface !== 'wan0' || !FAR.some((far) => isSame(far, target));
}

function isSame(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

function sender(random: Random): Pick<Probe, 'inInterface' | 'sourceMac' | 'source'> {
  const is4 = random.chance(55);
  if (random.chance(20)) {
    const source = random.of(FAR.filter(({ family }) => (family === 4) === is4));
    return { inInterface: 'wan0', sourceMac: GATEWAY.mac, source };
  }
  const host = random.of(HOSTS);
  const address = (one: Host): Address => (is4 ? one.v4 : one.v6);
  const other = random.of(HOSTS);
  return {
    inInterface: host.interface,
    // Some with the MAC of another, some with an address of another.
    sourceMac: random.chance(92) ? host.mac : other.mac,
    source: random.chance(92) ? address(host) : address(other),
  };
}

type Transport = Omit<Tuple, 'source' | 'destination'> & Pick<Sent, 'flags' | 'about'>;

function transport(random: Random, family: 4 | 6, port: number): Transport {
  const kind = random.below(100);
  const destinationPort = random.chance(95) ? random.of(PORTS) : random.below(65_535) + 1;
  if (kind < 50) return { protocol: TCP, sourcePort: port, destinationPort, flags: flags(random) };
  if (kind < 80) return { protocol: 17, sourcePort: port, destinationPort };
  if (kind < 84) return { protocol: OTHER, sourcePort: 0, destinationPort: 0 };
  const ends = { sourcePort: port, destinationPort: port };
  const [protocol, usual, other] =
    family === 4 ? [ICMP, 8, random.of([13, 0, 9, 3])] : [ICMPV6, 128, random.of([129, 1, 2])];
  const type = random.chance(80) ? usual : other;
  if (!isError(protocol, type)) return { protocol, type, ...ends };
  return { protocol, type, ...ends, about: unheard(random, family) };
}

/** A packet that nobody sent. */
function unheard(random: Random, family: 4 | 6): Tuple {
  const [source, destination] = [0, 1].map(() =>
    random.of(FAR.filter((one) => one.family === family)),
  );
  if (source === undefined || destination === undefined) throw new Error('no far host');
  return { protocol: 17, source, destination, sourcePort: 9, destinationPort: 9 };
}

function flags(random: Random): number {
  if (random.chance(80)) return SYN;
  return random.of([ACK, ACK, SYN | ACK, RST, FIN | ACK, FIN, SYN | FIN, RST | ACK, 0]);
}

/** What the simulator takes. */
export function simulated(probe: Probe, at: number): SimulatedPacket {
  const { id: _, isReply: __, ...rest } = probe;
  return { ...rest, at };
}

/** A true answer to what left the router; undefined where there can be none. */
export function answerTo(left: Leaving, probe: Probe, id: number): Probe | undefined {
  const reply = inverted(left);
  if (reply === undefined || left.outInterface === undefined || left.sources !== undefined) return;
  if (probe.protocol === TCP && probe.flags !== SYN && probe.flags !== ACK) return;
  const answer = probe.flags === SYN ? SYN | ACK : ACK;
  return {
    ...reply,
    id,
    isReply: true,
    inInterface: left.outInterface,
    sourceMac: macOf(reply.source, left.outInterface),
    ...(probe.protocol === TCP ? { flags: answer } : {}),
  };
}

/** An error about what left the router, from its destination or from somebody on the way. */
export function errorAbout(random: Random, left: Leaving, id: number): Probe | undefined {
  const { outInterface, sources } = left;
  if (outInterface === undefined || sources !== undefined || inverted(left) === undefined) return;
  const { family } = left.source;
  const onTheWay = FAR.filter((one) => one.family === family);
  const isFar = outInterface === 'wan0' && random.chance(50);
  const source = isFar ? random.of(onTheWay) : left.destination;
  const [protocol, type] =
    family === 4 ? [ICMP, random.of([3, 11])] : [ICMPV6, random.of([1, 2, 3])];
  const { outInterface: _, ...about } = left;
  return {
    id,
    protocol,
    type,
    source,
    destination: left.source,
    sourcePort: 0,
    destinationPort: 0,
    inInterface: outInterface,
    sourceMac: macOf(source, outInterface),
    about,
  };
}

function macOf(address: Address, inInterface: string): string {
  const host = HOSTS.find((one) => isSame(one.v4, address) || isSame(one.v6, address));
  return host !== undefined && host.interface === inInterface ? host.mac : GATEWAY.mac;
}
