import { parseDnsName } from '../references.ts';

/** A name that may stand in a rule: what DNS answers carry can be any octets (RFC 2181 §11). */
export function hostName(text: string | undefined): string | undefined {
  if (text === undefined || text.startsWith('*')) return undefined;
  const name = parseDnsName(text);
  return name?.includes('.') === true ? name : undefined;
}

/** mDNS (RFC 6762 §3): anybody on the link may claim it, and no resolver knows it. */
export function isLinkName(name: string): boolean {
  return name.endsWith('.local');
}

/** `a.iot.example.com` → `iot.example.com`; undefined where less than `labels` would be left. */
export function parentOf(name: string, labels: number): string | undefined {
  const parent = name.split('.').slice(1);
  return parent.length >= labels ? parent.join('.') : undefined;
}
