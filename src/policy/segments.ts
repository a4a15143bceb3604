import { parseAddress, parseNetwork, single } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { addressSet } from '../base/address-set.ts';
import type { FirewallLink } from '../model/firewall-reading.ts';
import type { Zone } from '../model/policy.ts';
import type { Segment } from './firewall.ts';

/** Networks around a firewall: as the policy's zones have it, else as it was attached when read. */
export function segmentsOf(
  zones: Readonly<Record<string, Zone>>,
  links: readonly FirewallLink[],
): readonly Segment[] {
  const named = Object.entries(zones).map(([name, zone]) => ({
    name,
    interfaces: zone.interfaces,
    networks: networkSet(zone.networks),
    internet: zone.internet,
  }));
  return named.length > 0 ? withInternet(named) : withInternet(attached(links));
}

export function ownAddresses(links: readonly FirewallLink[]): AddressSet {
  return addressSet(links.flatMap(({ address }) => parseAddress(address) ?? []).map(single));
}

function attached(links: readonly FirewallLink[]): readonly Segment[] {
  const outside = links.filter((link) => link.outside).map((link) => link.interface);
  const inside = new Set(links.filter((link) => !link.outside).map((link) => link.interface));
  const segments: Segment[] = [...inside].map((name) => ({
    name,
    interfaces: [name],
    networks: networkSet(
      links.filter((link) => link.interface === name).map(({ network }) => network),
    ),
    internet: false,
  }));
  if (outside.length === 0) return segments;
  const interfaces = [...new Set(outside)];
  return [...segments, { name: 'the internet', interfaces, networks: [], internet: true }];
}

/** Whatever is nowhere else is somewhere. */
function withInternet(segments: readonly Segment[]): readonly Segment[] {
  if (segments.length === 0 || segments.some(({ internet }) => internet)) return segments;
  return [...segments, { name: 'the internet', interfaces: [], networks: [], internet: true }];
}

function networkSet(networks: readonly string[]): AddressSet {
  return addressSet(networks.flatMap((text) => parseNetwork(text) ?? []));
}
