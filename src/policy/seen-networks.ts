import type { Address, AddressRange } from '../base/address.ts';
import { contains, isPrivate, parseAddress, parseNetwork, single } from '../base/address.ts';
import { networksOf } from '../base/address-set.ts';
import type { Device } from '../model/device.ts';

/** What a network of that size is likely to be: a home's or an office's (RFC 4291 §2.5.4 for IPv6). */
const PREFIX = { 4: '/24', 6: '/64' } as const;

/**
 * Networks that the machine is not on and that devices were seen in (an imported capture, another
 * site), the IPv6 ones with the IPv4 one of the same devices. Their sizes are a guess.
 *
 * @param known networks that have a zone
 */
export function seenNetworks(
  devices: readonly Device[],
  known: readonly string[],
): readonly (readonly string[])[] {
  const covered = known.flatMap((text) => parseNetwork(text) ?? []);
  const groups = new Map<string, Set<string>>();
  const homes = new Map<string, string>();
  for (const device of devices) {
    const own = [...new Set(device.addresses.flatMap((text) => networkAround(text, covered)))];
    const first = own.find((network) => network.includes('.')) ?? own[0];
    if (first === undefined) continue;
    const home = homes.get(first) ?? first;
    const group = groups.get(home) ?? new Set<string>();
    groups.set(home, group);
    for (const network of own) {
      if (homes.has(network)) continue;
      homes.set(network, home);
      group.add(network);
    }
  }
  return [...groups.values()].map((group) => [...group].sort()).filter(({ length }) => length > 0);
}

function networkAround(text: string, covered: readonly AddressRange[]): readonly string[] {
  const address = parseAddress(text);
  if (address === undefined || !isInside(address)) return [];
  if (covered.some((network) => contains(network, address))) return [];
  const range = parseNetwork(`${text.split('%', 1)[0] ?? ''}${PREFIX[address.family]}`);
  return range === undefined ? [] : networksOf(range);
}

/** Of a network of ours: link-local addresses are of none. */
function isInside(address: Address): boolean {
  const linkLocal = [parseNetwork('fe80::/10'), parseNetwork('169.254.0.0/16')];
  const isLocal = linkLocal.some((range) => range !== undefined && contains(range, address));
  return isPrivate(single(address)) && !isLocal;
}
