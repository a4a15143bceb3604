import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { dhcpv6Fields } from './fields/dhcp.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const DEPTH = 128;
/** Kinds of message (RFC 8415 §7.3), of clients and of servers; 12 and 13 are of relays. */
const FROM_CLIENT: readonly number[] = [1, 3, 4, 5, 6, 8, 9, 11, 12];
const FROM_SERVER: readonly number[] = [2, 7, 10, 13];
const RELAYED: readonly number[] = [12, 13];
/** IANA DHCPv6 Option Codes, the last one assigned, and room for those to come. */
const LAST_OPTION = 200;
const CLIENT_ID = 1;
const SERVER_ID = 2;

/** There is no probe: the answer to one takes an address out of the pool. */
export const dhcpv6 = {
  id: 'dhcpv6',
  title: 'DHCPv6',
  ports: [{ port: 547, over: 'udp', iana: 'dhcpv6-server' }],
  sources: ['RFC 8415 §7.3, §8, §9, §21', 'RFC 8520 §10.2', 'IANA DHCPv6 Option Codes'],
  depth: DEPTH,
  recognise,
  fields: dhcpv6Fields,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseMessage(first.client, FROM_CLIENT),
    answered: parseMessage(first.server, FROM_SERVER),
    facts: (asked, answered) =>
      asked !== undefined && answered !== undefined && asked !== answered
        ? undefined
        : [speaks('dhcpv6')],
  });
}

/** The transaction, or 0 of what a relay sends; options must fill the datagram, or the depth. */
function parseMessage(bytes: Uint8Array, kinds: readonly number[]): Parsed<number> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  const transaction = reader.u24();
  if (bytes.length > 0 && !kinds.includes(kind)) return bad('no such message');
  const isRelayed = RELAYED.includes(kind);
  if (isRelayed) reader.skip(30);
  if (reader.failed) return MORE;
  const fault = readOptions(reader, bytes.length);
  if (fault !== undefined) return fault;
  return { kind: 'ok', value: isRelayed ? 0 : transaction, size: bytes.length };
}

/** §21.1: at least one, and none twice that says who somebody is. */
function readOptions(reader: Reader, size: number): Parsed<never> | undefined {
  const seen = new Set<number>();
  while (reader.left > 0 || seen.size === 0) {
    const code = reader.u16();
    const length = reader.u16();
    if (!reader.failed && !isOption(code, length, seen)) return bad('no such option');
    seen.add(code);
    reader.skip(length);
    // What is cut at the depth goes on beyond it.
    if (reader.failed) return size >= DEPTH ? undefined : MORE;
  }
  return undefined;
}

function isOption(code: number, length: number, seen: ReadonlySet<number>): boolean {
  if (code === CLIENT_ID || code === SERVER_ID) {
    return !seen.has(code) && length >= 3 && length <= 130;
  }
  return code > 0 && code <= LAST_OPTION;
}
