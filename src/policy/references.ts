import { parseNetwork } from '../base/address.ts';

/** One end of a rule, taken apart. */
export type PeerText =
  | { readonly kind: 'any' }
  | { readonly kind: 'self' }
  | { readonly kind: 'zone' | 'net' | 'name' | 'endpoint'; readonly value: string };

/** `any`, `self`, `zone:NAME`, `net:192.0.2.0/24`, `name:mq.example.com`, else an endpoint's name. */
export function parsePeer(text: string): PeerText {
  if (text === 'any' || text === 'self') return { kind: text };
  for (const kind of ['zone', 'net', 'name'] as const) {
    if (text.startsWith(`${kind}:`)) return { kind, value: text.slice(kind.length + 1) };
  }
  return { kind: 'endpoint', value: text };
}

/** Names that would read as something else where they are used. */
export function isReservedName(name: string): boolean {
  const { kind } = parsePeer(name);
  return kind !== 'endpoint';
}

/** RFC 1035 §2.3.4: 63 octets a label, 253 in all; an underscore is usual in service names (RFC 8552). */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Lower case, without a trailing dot; `*.` may stand in front. Undefined for what is no DNS name. */
export function parseDnsName(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, '');
  const labels = (name.startsWith('*.') ? name.slice(2) : name).split('.');
  if (name.length > 253 || labels.length > 127) return undefined;
  // An address would pass as a name, and would never be looked up.
  if (parseNetwork(name) !== undefined || /^\d+$/.test(labels.at(-1) ?? '')) return undefined;
  return labels.every((label) => LABEL.test(label)) ? name : undefined;
}

/** A member that the record has itself: a zone may be called `constructor`. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
