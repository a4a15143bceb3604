import type { Condition } from './condition.ts';
import { loadAt, not, test } from './condition.ts';
import { ETHER_TYPES } from './expression.ts';
import type { Link } from './link.ts';

export const IP4 = ETHER_TYPES['ip'] ?? 0;
export const IP6 = ETHER_TYPES['ip6'] ?? 0;

/** A link, and how many VLAN tags were taken off. */
export interface Place {
  readonly link: Link;
  readonly tags: number;
}

export function carries({ link, tags }: Place, etherType: number): Condition {
  return link.carries(etherType, tags);
}

export function networkOf({ link, tags }: Place): number {
  return link.network(tags);
}

/** IPv4: the fragment offset is 0 (RFC 791 §3.1). */
export function isNoLaterFragment(place: Place): Condition {
  return not(test([loadAt(2, networkOf(place) + 6)], 'any-bit', 0x1fff));
}
