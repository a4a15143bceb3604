import { formatAddress, parseNetwork, single } from '../src/base/address.ts';
import type { AddressSet } from '../src/base/address-set.ts';
import { EVERY_ADDRESS } from '../src/base/address-set.ts';
import type {
  BoundDevice,
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
} from '../src/model/bound-policy.ts';
import type { PolicyAction } from '../src/model/policy.ts';
import type { Judged } from '../src/policy/simulate/match.ts';

/** Numbers below a limit; the same for the same seed on every machine (mulberry32). */
export type Random = (limit: number) => number;

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % limit;
  };
}

const ANYONE: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };
const CLOUD_PORTS = [443, 8883, 80, 123, 5683, 8443, 1883, 6668];
const LOCAL_PORTS = [80, 443, 554, 8009, 5353, 1883, 5684];

/** Devices of a site, ten rules each: the router's services, clouds, and peers beside them. */
export function devicePolicy(rules: number, family: 4 | 6, random: Random): BoundPolicy {
  const count = Math.ceil(rules / 10);
  const devices = Array.from({ length: count }, (_, index) => deviceAt(index, family));
  const clouds = Array.from({ length: 200 }, () => cloud(family, random));
  const written = devices.flatMap((device, index) => [
    ...[53, 123].map((port) => ruleOf(`d${index}-r${port}`, device, ANYONE, 17, [port], 'self')),
    ...Array.from({ length: 6 }, (_, each) => {
      const to = clouds[random(clouds.length)] ?? ANYONE;
      const port = CLOUD_PORTS[random(CLOUD_PORTS.length)] ?? 443;
      return ruleOf(`d${index}-c${each}`, device, to, random(4) === 0 ? 17 : 6, [port], 'wan');
    }),
    ...Array.from({ length: 2 }, (_, each) => {
      const to = peerOf(devices[random(count)] ?? device);
      const port = LOCAL_PORTS[random(LOCAL_PORTS.length)] ?? 80;
      return ruleOf(`d${index}-l${each}`, device, to, 6, [port], 'iot');
    }),
  ]);
  const kept = written.slice(0, rules);
  // As the binder does: a rule stands on each side on which one of its ends is managed.
  return site(
    devices,
    kept,
    kept.filter(({ to }) => to.devices.length > 0),
  );
}

/** Networks, ports and actions at random, so that nearly every rule crosses many others. */
export function overlappingPolicy(
  rules: number,
  random: Random,
  families: readonly (4 | 6)[] = [4],
): BoundPolicy {
  const written = Array.from({ length: rules }, (_, index) => {
    const family = families[random(families.length)] ?? 4;
    const ports = random(3) === 0 ? undefined : [random(60), random(60)];
    return {
      ...ruleOf(
        `r${index}`,
        undefined,
        network(family, random),
        [6, 17, undefined][random(3)],
        ports,
      ),
      from: network(family, random),
      ...(random(2) === 0 ? {} : { fromZone: 'iot' }),
      action: (['allow', 'deny', 'reject'] satisfies PolicyAction[])[random(3)] ?? 'allow',
    };
  });
  return site([], written, []);
}

/** A point near the rules' own ends, where mistakes are. */
export function pointIn(policy: BoundPolicy, random: Random): Judged {
  const rule = policy.egress[random(policy.egress.length)];
  const other = policy.egress[random(policy.egress.length)];
  const source = within(rule?.from.ranges ?? [], random);
  const destination = within((random(3) === 0 ? other : rule)?.to.ranges ?? [], random);
  const family = source?.family ?? destination?.family ?? 4;
  const match = rule?.matches[0];
  const protocol = random(8) === 0 ? [1, 6, 17, 47, 58][random(5)] : match?.protocol;
  const range = match?.destinationPorts?.[0];
  const to = ['wan0', 'br-iot', 'br-lan', 'tun9', undefined][random(5)];
  return {
    inInterface: ['br-iot', 'br-lan', 'wan0', 'tun9'][random(random(2) === 0 ? 1 : 4)] ?? 'br-iot',
    ...(to === undefined ? {} : { outInterface: to }),
    source: source ?? { family, value: 1n },
    destination: destination?.family === family ? destination : { family, value: 0xc633_6407n },
    protocol: protocol ?? 6,
    type: 8,
    sourcePort: 49_152 + random(1000),
    destinationPort: Math.max(0, (range?.from ?? 443) + random(3) - 1),
  };
}

function within(ranges: AddressSet, random: Random): Judged['source'] | undefined {
  const range = ranges[random(Math.max(1, ranges.length))];
  if (range === undefined) return undefined;
  const size = range.to - range.from + 1n;
  const value = range.from + ((BigInt(random(1 << 30)) * 0x1_0000_0001n) % size);
  return { family: range.family, value };
}

function deviceAt(index: number, family: 4 | 6): BoundDevice {
  const value = (family === 4 ? 0xc0a8_1400n : 0xfd00_0020n << 96n) + BigInt(index + 5);
  const addresses = [single({ family, value })];
  return {
    id: `d${index}`,
    device: `PTL-D-${index}`,
    addresses,
    macs: [],
    trial: index % 50 === 7,
  };
}

function peerOf({ id, addresses }: BoundDevice): BoundPeer {
  return { ranges: addresses, names: [], devices: [id] };
}

function ruleOf(
  id: string,
  device: BoundDevice | undefined,
  to: BoundPeer,
  protocol: number | undefined,
  ports: readonly number[] | undefined,
  toZone?: string,
): BoundRule {
  const [a = 0, b = a] = ports ?? [];
  const match: BoundMatch = {
    ...(protocol === undefined ? {} : { protocol }),
    ...(ports === undefined
      ? {}
      : { destinationPorts: [{ from: Math.min(a, b), to: Math.max(a, b) }] }),
  };
  return {
    id,
    ...(device === undefined ? {} : { fromZone: 'iot' }),
    ...(toZone === undefined ? {} : { toZone }),
    from: device === undefined ? ANYONE : peerOf(device),
    to,
    matches: [match],
    action: 'allow',
    log: false,
  };
}

function cloud(family: 4 | 6, random: Random): BoundPeer {
  const base = family === 4 ? 0xcb00_0000n : 0x2001_0db8n << 96n;
  const value = base + BigInt(random(1 << 24));
  const text = `${formatAddress({ family, value })}/${family === 4 ? 32 - random(9) : 128 - random(65)}`;
  return { ranges: [parseNetwork(text) ?? single({ family, value })], names: [], devices: [] };
}

function network(family: 4 | 6, random: Random): BoundPeer {
  if (random(8) === 0) return ANYONE;
  const value =
    family === 4
      ? 0x0a00_0000n + BigInt(random(1 << 24))
      : (0xfd00n << 112n) + BigInt(random(1 << 24));
  const prefix = (family === 4 ? 32 : 128) - random(17);
  const range = parseNetwork(`${formatAddress({ family, value })}/${prefix}`);
  return { ranges: range === undefined ? [] : [range], names: [], devices: [] };
}

function site(
  devices: readonly BoundDevice[],
  egress: readonly BoundRule[],
  ingress: readonly BoundRule[],
): BoundPolicy {
  const zone = (id: string, interfaces: readonly string[], internet: boolean, denies = false) => ({
    id,
    name: id,
    interfaces,
    networks: [],
    internet,
    denies,
  });
  return {
    zones: [
      zone('iot', ['br-iot'], false, true),
      zone('lan', ['br-lan'], false),
      zone('wan', ['wan0'], true),
    ],
    devices,
    names: [],
    guard: [{ ...ruleOf('ptl-guard', undefined, ANYONE, 6, [22], 'self'), fromZone: 'lan' }],
    egress,
    ingress,
    nat: { destination: [], source: [] },
    refuse: 'drop',
  };
}
