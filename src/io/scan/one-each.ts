import type { DiscoverResult } from './scan-job.ts';

type Found = DiscoverResult['found'];

/**
 * The addresses of a device that are left out because another one of it is asked: a device that
 * answers by IPv4 is not asked again by IPv6 at the same time, which would double what it has to
 * bear. Known to be one device by its MAC address; two IPv4 addresses are both asked.
 */
export function otherAddresses(found: Found): ReadonlySet<string> {
  const best = new Map<string, string>();
  for (const [address, { mac, targeted }] of found) {
    if (mac === undefined || !targeted) continue;
    const before = best.get(mac);
    if (before === undefined || rank(address) < rank(before)) best.set(mac, address);
  }
  const others = [...found].filter(([address, { mac }]) => {
    const first = mac === undefined ? undefined : best.get(mac);
    return first !== undefined && first !== address && rank(address) > 0;
  });
  return new Set(others.map(([address]) => address));
}

/** IPv4, then an IPv6 address that routers carry, then link-local (RFC 4291 §2.5.6). */
function rank(address: string): number {
  if (!address.includes(':')) return 0;
  return address.startsWith('fe80') ? 2 : 1;
}
