import { parseAddress, parseNetwork } from '../../../src/base/address.ts';
import type { AddressSet } from '../../../src/base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../../../src/base/address-set.ts';
import { parsePorts } from '../../../src/base/port-set.ts';
import type {
  BoundDevice,
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../../src/model/bound-policy.ts';
import type { NewConnection } from '../../../src/model/packet-verdict.ts';

export function addresses(...texts: readonly string[]): AddressSet {
  return addressSet(texts.map((text) => parseNetwork(text) ?? fail(text)));
}

function fail(text: string): never {
  throw new Error(`not an address: ${text}`);
}

export const ANYONE: BoundPeer = { ranges: EVERY_ADDRESS, names: [], devices: [] };

export function at(...texts: readonly string[]): BoundPeer {
  return { ranges: addresses(...texts), names: [], devices: [] };
}

/** `tcp/443,8000-8100`, `udp/53`, `icmp/8`, `icmpv6/128`, `any`, `47`. */
export function service(text: string): BoundMatch {
  const [name = '', ports] = text.split('/');
  if (name === 'any') return {};
  const protocol = { tcp: 6, udp: 17, icmp: 1, icmpv6: 58 }[name] ?? Number(name);
  if (ports === undefined) return { protocol };
  if (protocol === 1 || protocol === 58) return { protocol, types: ports.split(',').map(Number) };
  return { protocol, destinationPorts: parsePorts(ports) ?? fail(ports) };
}

export function rule(
  id: string,
  from: BoundPeer,
  to: BoundPeer,
  services: string,
  more: Partial<BoundRule> = {},
): BoundRule {
  const matches = services.split(' ').map(service);
  return { id, from, to, matches, action: 'allow', log: false, ...more };
}

export function device(id: string, texts: readonly string[], more: Partial<BoundDevice> = {}) {
  const base = { id, device: id.toUpperCase(), addresses: addresses(...texts), macs: [] };
  return { ...base, trial: false, ...more } satisfies BoundDevice;
}

export function zone(
  id: string,
  interfaces: readonly string[],
  networks: readonly string[],
  more: Partial<BoundZone> = {},
): BoundZone {
  const base = { id, name: id, interfaces, networks: addresses(...networks) };
  return { ...base, internet: false, denies: false, ...more };
}

export const LAN = zone('lan', ['lan0'], ['192.168.1.0/24', 'fd00:1::/64']);
export const IOT = zone('iot', ['iot0'], ['192.168.20.0/24', 'fd00:20::/64']);
export const WAN = zone('wan', ['wan0'], [], { internet: true });

export function policy(parts: Partial<BoundPolicy> = {}): BoundPolicy {
  return {
    zones: [LAN, IOT, WAN],
    devices: [],
    names: [],
    guard: [],
    egress: [],
    ingress: [],
    nat: { destination: [], source: [] },
    refuse: 'drop',
    ...parts,
  };
}

/** `iot0 192.168.20.5 → wan0 203.0.113.9 tcp/443`; without an interface in front: to the router. */
export function packet(text: string, more: Partial<NewConnection> = {}): NewConnection {
  const [left = '', right = ''] = text.split(' → ');
  const [inInterface = '', source = ''] = left.split(' ');
  const [a = '', b = '', c] = right.split(' ');
  const out = c === undefined ? {} : { outInterface: a };
  const [to, what] = c === undefined ? [a, b] : [b, c];
  const [name, number] = what.split('/');
  const { protocol = 0 } = service(name ?? '');
  const isIcmp = protocol === 1 || protocol === 58;
  const detail = isIcmp
    ? { type: Number(number ?? 8) }
    : { sourcePort: 40_000, destinationPort: Number(number ?? 0) };
  return {
    inInterface,
    ...out,
    source: parseAddress(source) ?? fail(source),
    destination: parseAddress(to) ?? fail(to),
    protocol,
    ...detail,
    ...more,
  };
}
