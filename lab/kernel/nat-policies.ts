import { formatAddress, parseNetwork } from '../../src/base/address.ts';
import type { AddressSet } from '../../src/base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../src/base/address-set.ts';
import type { BoundNat, DestinationNat, SourceNat } from '../../src/model/bound-policy.ts';
import type { Random } from './random.ts';
import { EXTERNAL, HOSTS, POOL } from './site.ts';

/** Of zone ids as in `policies.ts`. */
export function randomNat(random: Random): BoundNat {
  const parts = [forward(random), oneToOne(random), redirect(random), outward(random)];
  return {
    destination: parts.flatMap(({ destination = [] }) => destination),
    source: parts.flatMap(({ source = [] }) => source),
  };
}

function ranges(...texts: readonly string[]): AddressSet {
  return addressSet(texts.flatMap((text) => parseNetwork(text) ?? []));
}

/** From outside to a port inside, of either family; for some also by that address from inside. */
function forward(random: Random): Partial<BoundNat> {
  const host = random.of(HOSTS.filter((one) => one.interface === 'iot0'));
  const is4 = random.chance(60);
  const isLocal = random.chance(50);
  const port = random.of([8080, 443]);
  const toPort = random.of([80, 8080]);
  const first: DestinationNat = {
    id: 'fw_1',
    fromZones: ['z_wan'],
    sources: random.chance(60) ? EVERY_ADDRESS : ranges('198.51.100.0/24', '2001:db8:ff::/48'),
    destinations: isLocal ? [] : ranges('203.0.113.1', '2001:db8::1'),
    local: isLocal,
    match: { protocol: random.of([6, 17]), destinationPorts: [{ from: port, to: port }] },
    toAddress: formatAddress(is4 ? host.v4 : host.v6),
    ...(toPort === port ? {} : { toPort }),
  };
  if (random.chance(50)) return { destination: [first] };
  const back: SourceNat = {
    id: 'fw_1',
    family: is4 ? 4 : 6,
    sources: ranges(is4 ? '192.168.20.0/24' : 'fd00:20::/64'),
    toZone: 'z_iot',
    translated: true,
    oneToOne: false,
  };
  return { destination: [first, { ...first, fromZones: ['z_lan', 'z_iot'] }], source: [back] };
}

function oneToOne(random: Random): Partial<BoundNat> {
  if (random.chance(40)) return {};
  const host = random.of(HOSTS.filter((one) => one.interface === 'lan0'));
  const is4 = random.chance(60);
  const external = is4 ? EXTERNAL.v4 : EXTERNAL.v6;
  const internal = formatAddress(is4 ? host.v4 : host.v6);
  return {
    destination: [
      {
        id: 'one_1',
        fromZones: ['z_wan'],
        sources: EVERY_ADDRESS,
        destinations: ranges(external),
        local: false,
        match: {},
        toAddress: internal,
      },
    ],
    source: [
      {
        id: 'one_1',
        family: is4 ? 4 : 6,
        sources: ranges(internal),
        toZone: 'z_wan',
        translated: false,
        to: { from: external, to: external, persistent: false },
        oneToOne: true,
      },
    ],
  };
}

function redirect(random: Random): Partial<BoundNat> {
  if (random.chance(40)) return {};
  return {
    destination: [
      {
        id: 'dns_1',
        fromZones: [random.of(['z_iot', 'z_old'])],
        sources: EVERY_ADDRESS,
        destinations: EVERY_ADDRESS,
        local: false,
        match: { protocol: 17, destinationPorts: [{ from: 53, to: 53 }] },
        toPort: random.of([53, 5353]),
      },
    ],
  };
}

function outward(random: Random): Partial<BoundNat> {
  const pool = { from: POOL.v4[0], to: POOL.v4[1], persistent: random.chance(50) };
  const base = { toZone: 'z_wan', translated: false, oneToOne: false } as const;
  const source: SourceNat[] = [
    { ...base, id: 'out_1', family: 4, sources: ranges('192.168.20.0/24') },
    {
      ...base,
      id: 'out_2',
      family: 4,
      sources: ranges('192.168.1.0/24'),
      ...(random.chance(40) ? { to: pool } : {}),
    },
    { ...base, id: 'out_3', family: 6, sources: ranges('fd00:20::/64') },
  ];
  return { source: source.filter(() => random.chance(70)) };
}
