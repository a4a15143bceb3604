import type { Address } from '../../src/base/address.ts';
import { formatAddress, parseNetwork, single } from '../../src/base/address.ts';
import type { AddressSet } from '../../src/base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../src/base/address-set.ts';
import { portSet } from '../../src/base/port-set.ts';
import type {
  BoundDevice,
  BoundMatch,
  BoundName,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../src/model/bound-policy.ts';
import { randomNat } from './nat-policies.ts';
import type { Random } from './random.ts';
import { FAR, HOSTS } from './site.ts';

/** What a firewall is not asked to say, where it cannot. */
export type Feature = 'names' | 'rates' | 'connections' | 'macs' | 'nat' | 'expires';

export const PORTS: readonly number[] = [22, 53, 80, 443, 5000, 5005, 8080, 8883];
const EVERYBODY: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };

export function networks(...texts: readonly string[]): AddressSet {
  return addressSet(texts.flatMap((text) => parseNetwork(text) ?? []));
}

function zone(id: string, interfaces: readonly string[], texts: readonly string[]): BoundZone {
  const base = { id, name: id, interfaces, networks: networks(...texts) };
  return { ...base, internet: false, denies: false };
}

/** One zone that may deny, one that is only its networks, and the way out. */
function zones(random: Random): readonly BoundZone[] {
  const iot = zone('z_iot', ['iot0'], ['192.168.20.0/24', 'fd00:20::/64']);
  const wan = zone('z_wan', random.chance(70) ? ['wan0'] : [], []);
  return [
    zone('z_lan', ['lan0'], ['192.168.1.0/24', 'fd00:1::/64']),
    { ...iot, denies: random.chance(40) },
    zone('z_old', [], ['10.50.0.0/24', 'fd00:50::/64']),
    { ...wan, internet: true },
  ];
}

function devices(random: Random, without: ReadonlySet<Feature>): readonly BoundDevice[] {
  return random.some(HOSTS.slice(0, 18), 9).map((host, index): BoundDevice => {
    const both = addressSet([single(host.v4), single(host.v6)]);
    const isWide = random.chance(10) && host.interface === 'old0';
    const range = networks(`${formatAddress(host.v4)}/31`);
    return {
      id: `d${index + 1}`,
      device: `PTL-D-${index + 1}`,
      addresses: isWide ? range : both,
      macs: !without.has('macs') && random.chance(50) ? [host.mac] : [],
      trial: random.chance(25),
    };
  });
}

function names(random: Random, without: ReadonlySet<Feature>): readonly BoundName[] {
  if (without.has('names')) return [];
  return ['n_1', 'n_2'].map((id, index) => ({
    id,
    patterns: [`host${index}.example`],
    addresses: addressSet(random.some(FAR, 2).map(single)),
  }));
}

/** A policy that a person would hardly write, and that is one all the same. */
export function randomPolicy(
  random: Random,
  rules: number,
  without: ReadonlySet<Feature> = new Set(),
): BoundPolicy {
  const base = {
    zones: zones(random),
    devices: devices(random, without),
    names: names(random, without),
    refuse: random.chance(50) ? 'drop' : 'reject',
  } as const;
  const maker = new RuleMaker(random, base, without);
  // Few rules leave much alone, many decide nearly all.
  const count = 2 + random.below(rules);
  const side = (prefix: string): readonly BoundRule[] =>
    Array.from({ length: count }, (_, index) => maker.rule(`${prefix}${index}`));
  const shared = side('b').map(unlimited);
  return {
    ...base,
    guard: [
      { ...maker.rule('ptl-admin-1'), ...PLAIN, from: peerOf([HOSTS[0]?.v4]), toZone: 'self' },
    ],
    egress: shuffled(random, [...shared, ...side('e').map(unlimited)]),
    ingress: shuffled(random, [...shared, ...side('i')]),
    nat: without.has('nat') ? { destination: [], source: [] } : randomNat(random),
  };
}

const PLAIN = { action: 'allow', log: false } as const;

function shuffled<Value>(random: Random, values: readonly Value[]): readonly Value[] {
  const order = values.map((value) => [random.below(1 << 20), value] as const);
  return order.sort(([a], [b]) => a - b).map(([, value]) => value);
}

function peerOf(addresses: readonly (Address | undefined)[]): BoundPeer {
  const ranges = addressSet(addresses.flatMap((one) => (one === undefined ? [] : [single(one)])));
  return { ranges, names: [], devices: [] };
}

/**
 * Limits of connections stand only where nothing denies behind them: the kernel counts what it then
 * drops until it next looks (nf_conncount_gc_list). And only for UDP: it does not count a TCP
 * connection that is closed, and the router's own stack resets what comes for it (already_closed).
 */
function unlimited({ connections: _, ...rule }: BoundRule): BoundRule {
  return rule;
}

class RuleMaker {
  readonly #random: Random;
  readonly #policy: Pick<BoundPolicy, 'zones' | 'devices' | 'names'>;
  readonly #without: ReadonlySet<Feature>;

  constructor(
    random: Random,
    policy: Pick<BoundPolicy, 'zones' | 'devices' | 'names'>,
    without: ReadonlySet<Feature>,
  ) {
    this.#random = random;
    this.#policy = policy;
    this.#without = without;
  }

  rule(id: string): BoundRule {
    const random = this.#random;
    const zoneIds = this.#policy.zones.map((one) => one.id);
    const rule: BoundRule = {
      id,
      ...(random.chance(25) ? { fromZone: random.of(zoneIds) } : {}),
      ...(random.chance(30) ? { toZone: random.of([...zoneIds, 'self', 'self']) } : {}),
      from: this.#peer(),
      to: this.#peer(),
      matches: Array.from({ length: 1 + random.below(3) }, () => this.#match()),
      action: random.of(['allow', 'allow', 'allow', 'deny', 'reject']),
      log: random.chance(10),
      ...this.#limits(),
      ...(random.chance(8) ? { translated: true } : {}),
    };
    return rule.connections === undefined ? rule : { ...rule, matches: [{ protocol: 17 }] };
  }

  #limits(): Partial<BoundRule> {
    const random = this.#random;
    const key = random.of(['rule', 'source'] as const);
    const max = 1 + random.below(6);
    // Slow, so that none is refilled while the lab runs.
    const rate = { packets: 1 + random.below(3), per: 'hour', burst: max, key } as const;
    return {
      ...(!this.#without.has('rates') && random.chance(8) ? { rate } : {}),
      ...(!this.#without.has('connections') && random.chance(6)
        ? { connections: { max, key } }
        : {}),
      ...(!this.#without.has('expires') && random.chance(5)
        ? { expires: random.of([1_000_000_000_000, 4_000_000_000_000]) }
        : {}),
    };
  }

  #peer(): BoundPeer {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 40) return EVERYBODY;
    if (kind < 65) {
      const own = random.some(this.#policy.devices, 3);
      const ranges = addressSet(own.flatMap(({ addresses }) => addresses));
      return { ranges, names: [], devices: own.map(({ id }) => id) };
    }
    if (kind < 80) return peerOf(random.some([...HOSTS.flatMap(({ v4, v6 }) => [v4, v6])], 4));
    if (kind < 90 && this.#policy.names.length > 0) {
      const ranges = random.chance(30) ? networks('192.0.2.0/24') : [];
      return { ranges, names: [random.of(this.#policy.names).id], devices: [] };
    }
    const nets = [
      '192.168.0.0/16',
      'fd00::/16',
      '198.51.100.0/24',
      '10.50.0.10/31',
      '2001:db8::/32',
    ];
    return { ranges: networks(...random.some(nets, 2)), names: [], devices: [] };
  }

  #match(): BoundMatch {
    const random = this.#random;
    const kind = random.below(100);
    if (kind < 15) return {};
    if (kind < 70) return this.#ported();
    if (kind < 80) return { protocol: 1, ...this.#types(random.some([8, 13], 2)) };
    if (kind < 90) return { protocol: 58, ...this.#types([128]) };
    if (random.chance(60)) return { protocol: 253 };
    return { destinationPorts: portSet([{ from: 80, to: 443 }]), types: [8, 128] };
  }

  #types(types: readonly number[]): Partial<BoundMatch> {
    return this.#random.chance(80) ? { types } : {};
  }

  #ported(): BoundMatch {
    const random = this.#random;
    const ranges = random.some(PORTS, 3).map((from) => ({
      from,
      to: random.chance(20) ? from + 20 : from,
    }));
    const high = [{ from: 30_000, to: 65_535 }];
    return {
      protocol: random.of([6, 6, 17]),
      ...(random.chance(85) ? { destinationPorts: portSet(ranges) } : {}),
      ...(random.chance(10) ? { sourcePorts: high } : {}),
    };
  }
}
