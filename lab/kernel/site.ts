import type { Address } from '../../src/base/address.ts';
import { formatAddress, parseAddress, parseNetwork } from '../../src/base/address.ts';
import type { RouterModel } from '../../src/policy/simulate/simulator.ts';

/** A machine behind an interface of the router; it has no stack, only frames. */
export interface Host {
  readonly name: string;
  readonly interface: string;
  readonly mac: string;
  readonly v4: Address;
  readonly v6: Address;
}

interface Leg {
  readonly name: string;
  readonly number: number;
  readonly net4: string;
  readonly net6: string;
  readonly hosts: number;
}

/** RFC 5737 and RFC 3849 for the outside; inside, what homes use. */
const LEGS: readonly Leg[] = [
  { name: 'lan0', number: 1, net4: '192.168.1', net6: 'fd00:1:', hosts: 6 },
  { name: 'iot0', number: 2, net4: '192.168.20', net6: 'fd00:20:', hosts: 8 },
  { name: 'old0', number: 3, net4: '10.50.0', net6: 'fd00:50:', hosts: 4 },
  { name: 'wan0', number: 4, net4: '203.0.113', net6: '2001:db8:', hosts: 4 },
];

export const INTERFACES: readonly string[] = LEGS.map(({ name }) => name);
/** Of the router outside, besides its first one: for 1:1 translation. */
export const EXTERNAL = { v4: '203.0.113.9', v6: '2001:db8::9' } as const;
export const POOL = { v4: ['203.0.113.20', '203.0.113.23'] } as const;

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (parsed === undefined) throw new Error(`not an address: ${text}`);
  return parsed;
}

function range(text: string) {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new Error(`not a network: ${text}`);
  return parsed;
}

export const HOSTS: readonly Host[] = LEGS.flatMap(({ name, number, net4, net6, hosts }) =>
  Array.from({ length: hosts }, (_, index): Host => {
    const last = 10 + index;
    return {
      name: `${name}-${index}`,
      interface: name,
      mac: `02:00:00:00:0${number}:${last.toString(16).padStart(2, '0')}`,
      v4: address(`${net4}.${last}`),
      v6: address(`${net6}:${last.toString(16)}`),
    };
  }),
);

/** Beyond the gateway outside. */
export const FAR: readonly Address[] = ['198.51.100.7', '198.51.100.8', '192.0.2.33']
  .concat(['2001:db8:ff::7', '2001:db8:ff::8', '2001:db8:aa::33'])
  .map(address);

export const GATEWAY = {
  v4: '203.0.113.254',
  v6: '2001:db8::fe',
  mac: '02:00:00:00:04:fe',
} as const;

export function routerMac(name: string): string {
  return `02:00:00:00:ff:0${LEGS.findIndex((leg) => leg.name === name) + 1}`;
}

export const ROUTER: RouterModel = {
  interfaces: LEGS.map(({ name, net4, net6 }) => ({
    name,
    addresses: [`${net4}.1`, `${net6}:1`].map(address),
  })),
  routes: [
    ...LEGS.flatMap(({ name, net4, net6 }) => [
      { to: range(`${net4}.0/24`), out: name },
      { to: range(`${net6}:/64`), out: name },
    ]),
    { to: range('0.0.0.0/0'), out: 'wan0' },
    { to: range('::/0'), out: 'wan0' },
  ],
};

/** For `ip -batch` in the router; `peers` is where the other ends of the cables are. */
export function routerBatch(peers: string): readonly string[] {
  const links = LEGS.flatMap(({ name, net4, net6 }) => [
    `link add ${name} address ${routerMac(name)} type veth peer name ${name} netns ${peers}`,
    `link set ${name} addrgenmode none up`,
    `addr add ${net4}.1/24 dev ${name}`,
    `addr add ${net6}:1/64 dev ${name} nodad`,
  ]);
  const neighbours = HOSTS.flatMap(({ interface: dev, mac, v4, v6 }) =>
    [v4, v6].map((one) => neighbour(formatAddress(one), mac, dev)),
  );
  return [
    'link set lo up',
    ...links,
    ...neighbours,
    ...[GATEWAY.v4, GATEWAY.v6, EXTERNAL.v4, EXTERNAL.v6].map((text) =>
      neighbour(text, GATEWAY.mac, 'wan0'),
    ),
    `route add default via ${GATEWAY.v4}`,
    `route add ::/0 via ${GATEWAY.v6} dev wan0`,
  ];
}

function neighbour(text: string, mac: string, dev: string): string {
  return `neigh add ${text} lladdr ${mac} dev ${dev} nud permanent`;
}

export function peerBatch(): readonly string[] {
  return INTERFACES.map((name) => `link set ${name} addrgenmode none up`);
}

/**
 * Forwarding; no filter of sources by route, no redirects; errors of ICMP without a limit (they would
 * look like drops), for all types (an empty mask).
 */
export function settings(): readonly (readonly [path: string, value: string])[] {
  const each = ['all', 'default', ...INTERFACES].flatMap((name) => [
    [`/proc/sys/net/ipv4/conf/${name}/rp_filter`, '0'] as const,
    [`/proc/sys/net/ipv4/conf/${name}/send_redirects`, '0'] as const,
    [`/proc/sys/net/ipv6/conf/${name}/accept_ra`, '0'] as const,
  ]);
  return [
    ['/proc/sys/net/ipv4/ip_forward', '1'],
    ['/proc/sys/net/ipv6/conf/all/forwarding', '1'],
    ['/proc/sys/net/ipv4/icmp_ratemask', '0'],
    ['/proc/sys/net/ipv4/icmp_ratelimit', '0'],
    ['/proc/sys/net/ipv6/icmp/ratelimit', '0'],
    ['/proc/sys/net/ipv6/icmp/ratemask', '\n'],
    ...each,
  ];
}
