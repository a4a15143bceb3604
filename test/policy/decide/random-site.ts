import type { Address, AddressRange } from '../../../src/base/address.ts';
import { parseAddress, parseNetwork } from '../../../src/base/address.ts';
import type { AddressSet } from '../../../src/base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../../src/base/address-set.ts';
import { portSet } from '../../../src/base/port-set.ts';
import type {
  BoundDevice,
  BoundMatch,
  BoundName,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../../src/model/bound-policy.ts';
import type { Judged } from '../../../src/policy/simulate/match.ts';

/** Numbers below a limit, the same for the same seed. */
export type Random = (limit: number) => number;

/** Marsaglia's xorshift. */
export function seeded(seed: number): Random {
  let state = seed * 2 + 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 1) % limit;
  };
}

/** Small, so that rules meet each other: ends of networks of both families and their neighbours. */
const NETWORKS = ['0.0.0.0/0', '::/0', '10.0.0.0/28', '10.0.0.4/30', '10.0.0.6', '10.0.1.0/24']
  .concat(['255.255.255.255', 'fd00::/124', 'fd00::4/126', 'fd00::6', '2001:db8::/32'])
  .concat(['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::', '0.0.0.0']);

const ADDRESSES = ['0.0.0.0', '10.0.0.3', '10.0.0.4', '10.0.0.6', '10.0.0.7', '10.0.0.15']
  .concat(['10.0.0.16', '10.0.1.9', '203.0.113.5', '255.255.255.255', '::', 'fd00::3', 'fd00::4'])
  .concat([
    'fd00::6',
    'fd00::f',
    'fd00::10',
    '2001:db8::1',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ]);

const INTERFACES = ['iot0', 'lan0', 'lan1', 'wan0', 'tun7'];
const PROTOCOLS = [1, 6, 17, 47, 58, 132, 255, undefined];
const PORTS = [0, 1, 7, 8, 22, 80, 443, 65_534, 65_535];
const TYPES = [0, 7, 8, 128, 255];
export const PATTERNS = ['mq.example.com', '*.example.com', '*.a.example.com', 'b.example.net'];

export function randomPolicy(random: Random, rules: number): BoundPolicy {
  const names = [0, 1].map((index) => nameOf(index, random));
  const some = (count: number, prefix: string): BoundRule[] =>
    Array.from({ length: count }, (_, index) => randomRule(`${prefix}${index}`, random, names));
  return {
    zones: zonesOf(random),
    devices: Array.from({ length: random(4) }, (_, index) => deviceOf(index, random)),
    names,
    guard: some(random(2), 'guard').map((rule) => ({ ...rule, action: 'allow' })),
    egress: some(rules, 'e'),
    ingress: some(rules, 'i'),
    nat: { destination: [], source: [] },
    refuse: random(2) === 0 ? 'drop' : 'reject',
  };
}

export function randomRule(
  id: string,
  random: Random,
  names: readonly BoundName[] = [],
): BoundRule {
  const fromZone = pick(random, ['iot', 'lan', 'away', 'wan', undefined, undefined]);
  const toZone = pick(random, ['iot', 'lan', 'away', 'wan', 'self', undefined, undefined]);
  return {
    id,
    ...(fromZone === undefined ? {} : { fromZone }),
    ...(toZone === undefined ? {} : { toZone }),
    from: peerOf(random, []),
    to: peerOf(random, names),
    matches: Array.from({ length: 1 + random(2) }, () => matchOf(random)),
    action: pick(random, ['allow', 'allow', 'deny', 'reject']) ?? 'allow',
    log: false,
    ...(random(6) === 0 ? { translated: true } : {}),
  };
}

export function randomConnection(random: Random): Judged {
  const source = addressOf(random);
  const destination = addressOf(random, source.family);
  const outInterface = pick(random, [...INTERFACES, undefined]);
  const name =
    random(4) === 0
      ? pick(random, ['mq.example.com', 'X.a.example.com.', 'c.example.net'])
      : undefined;
  return {
    inInterface: pick(random, INTERFACES) ?? 'iot0',
    ...(outInterface === undefined ? {} : { outInterface }),
    ...(name === undefined ? {} : { name }),
    source,
    destination,
    protocol: pick(random, PROTOCOLS) ?? 6,
    sourcePort: near(random),
    destinationPort: near(random),
    type: pick(random, TYPES) ?? 8,
    ...(random(3) === 0 ? { translated: true } : {}),
  };
}

export function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from[random(from.length)];
}

function near(random: Random): number {
  return Math.min(65_535, Math.max(0, (pick(random, PORTS) ?? 0) + random(3) - 1));
}

function addressOf(random: Random, family?: 4 | 6): Address {
  for (;;) {
    const address = parseAddress(pick(random, ADDRESSES) ?? '');
    if (address !== undefined && (family ?? address.family) === address.family) return address;
  }
}

function networkOf(random: Random): AddressRange[] {
  const range = parseNetwork(pick(random, NETWORKS) ?? '');
  return range === undefined ? [] : [range];
}

function rangesOf(random: Random): AddressSet {
  if (random(4) === 0) return EVERY_ADDRESS;
  return addressSet(Array.from({ length: random(3) }, () => networkOf(random)).flat());
}

function peerOf(random: Random, names: readonly BoundName[]): BoundPeer {
  const name = random(3) === 0 ? pick(random, names) : undefined;
  return { ranges: rangesOf(random), names: name === undefined ? [] : [name.id], devices: [] };
}

function matchOf(random: Random): BoundMatch {
  const protocol = pick(random, PROTOCOLS);
  const range = () => {
    const [a, b] = [pick(random, PORTS) ?? 0, pick(random, PORTS) ?? 0];
    return { from: Math.min(a, b), to: Math.max(a, b) };
  };
  const ports = () => portSet([range(), range()]);
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(random(2) === 0 ? { destinationPorts: ports() } : {}),
    ...(random(4) === 0 ? { sourcePorts: ports() } : {}),
    ...(random(3) === 0 ? { types: [pick(random, TYPES) ?? 8, pick(random, TYPES) ?? 0] } : {}),
  };
}

function nameOf(index: number, random: Random): BoundName {
  const patterns = [pick(random, PATTERNS) ?? '', pick(random, PATTERNS) ?? ''];
  return { id: `n${index}`, patterns, addresses: addressSet(networkOf(random)) };
}

function deviceOf(index: number, random: Random): BoundDevice {
  const addresses = addressSet([
    ...(random(3) === 0 ? networkOf(random) : []),
    ...[addressOf(random)].map(({ family, value }) => ({ family, from: value, to: value })),
  ]);
  return { id: `d${index}`, device: `D${index}`, addresses, macs: [], trial: random(3) === 0 };
}

function zonesOf(random: Random): BoundZone[] {
  const zone = (id: string, interfaces: string[], more: Partial<BoundZone>): BoundZone => ({
    id,
    name: id,
    interfaces,
    networks: [],
    internet: false,
    denies: random(3) === 0,
    ...more,
  });
  const away = networkOf(random);
  return [
    zone('iot', ['iot0'], {}),
    zone('lan', ['lan0', 'lan1'], {}),
    // Zones without interfaces are their networks, and the internet is what is left.
    zone('away', [], { networks: addressSet(away) }),
    zone('wan', random(2) === 0 ? ['wan0'] : [], { internet: true }),
  ];
}
