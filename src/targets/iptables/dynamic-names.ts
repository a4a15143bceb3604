import type { BoundPolicy } from '../../model/bound-policy.ts';
import { only } from '../target.ts';
import { nameSet } from './names.ts';

/** A name in DNS: labels of letters, digits, hyphens and underscores (RFC 1035 §2.3.1, RFC 8552). */
const PATTERN = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62}){0,126}$/;

/**
 * Lines for dnsmasq, which puts each answer into the sets before the device gets it (dnsmasq(8),
 * `--ipset`). It takes a name for itself and all below, so `*.` is cut off; exact names would widen.
 */
export function dnsmasqConfig({ names }: BoundPolicy): string {
  const byPattern = new Map<string, string[]>();
  for (const { id, patterns } of names) {
    for (const pattern of patterns) {
      const name = only(PATTERN, pattern).replace(/^\*\./, '');
      const sets = byPattern.get(name) ?? [];
      sets.push(nameSet(id, 4), nameSet(id, 6));
      byPattern.set(name, sets);
    }
  }
  return Array.from(byPattern, ([name, sets]) => `ipset=/${name}/${sets.join(',')}\n`).join('');
}
