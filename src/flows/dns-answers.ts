import type { DnsMessage, DnsName, ResourceRecord } from '../protocols/shared/dns-message.ts';
import { CLASS, nameIn, parseMessage, RESPONSE, TYPE } from '../protocols/shared/dns-message.ts';
import { ipText } from './address-text.ts';

/** RFC 1035 §3.2.2 */
const CNAME = 5;
/** Octets before a record's data: time to live (4), length (2). */
const TTL_BEFORE = 6;
/** Code of an error in the flags (RFC 1035 §4.1.1). */
const ERROR = 0x000f;

/** What an answer says of the name that was asked for. */
export interface NamedAddresses {
  /** Lower case, without the dot at its end. */
  readonly name: string;
  /** Seconds to live; of a chain of aliases the shortest. */
  readonly addresses: readonly { readonly address: string; readonly ttl: number }[];
}

/**
 * Addresses in an answer of DNS (RFC 1035 §4). Only those count to which the question leads, by
 * aliases or at once: an answer may carry records about anything, and nobody asked for these.
 */
export function readDnsAnswer(message: Uint8Array): NamedAddresses | undefined {
  const parsed = parseMessage(message);
  return parsed.kind === 'ok' ? namedAddresses(message, parsed.value) : undefined;
}

/** The same where the message is read already. @param message its octets */
export function namedAddresses(
  message: Uint8Array,
  { flags, questions, records }: DnsMessage,
): NamedAddresses | undefined {
  const [question, ...more] = questions;
  if ((flags & RESPONSE) === 0 || (flags & ERROR) !== 0) return undefined;
  if (question === undefined || more.length > 0) return undefined;
  /** Names to which the question leads, and for how long at most. */
  const reached = new Map([[textOf(question.name), Number.POSITIVE_INFINITY]]);
  const addresses = records.flatMap((record) => {
    const life = reached.get(textOf(record.name));
    if (life === undefined || record.class !== CLASS.IN) return [];
    const ttl = Math.min(life, ttlOf(message, record));
    if (record.type === CNAME) reached.set(textOf(nameIn(message, record)), ttl);
    return isAddress(record) ? [{ address: ipText(record.data), ttl }] : [];
  });
  return addresses.length === 0 ? undefined : { name: textOf(question.name), addresses };
}

/** RFC 2181 §8: with the top bit set it is to be taken as zero. */
function ttlOf(message: Uint8Array, { at }: ResourceRecord): number {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const ttl = view.getUint32(at - TTL_BEFORE);
  return ttl >= 2 ** 31 ? 0 : ttl;
}

function isAddress({ type, data }: ResourceRecord): boolean {
  return (type === TYPE.A && data.length === 4) || (type === TYPE.AAAA && data.length === 16);
}

/** A label may hold a dot (RFC 2181 §11): then it is no host name, and must not look like another. */
function textOf(labels: DnsName): string {
  const escaped = labels.some((label) => label.includes('.'))
    ? labels.map((label) => label.replaceAll('.', '\\.'))
    : labels;
  return escaped.join('.').toLowerCase();
}
