import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { ANY, join, matches, sameBytes, u16, u32 } from './shared/bytes.ts';
import { amplification, detail, likely, proved, speaks } from './shared/facts.ts';

const HEADER = 20;
const MAGIC_COOKIE = 0x2112a442;
/** Class bits of a message type (RFC 8489 §5). */
const CLASS_BITS = 0x0110;
const REQUEST = 0x0000;
const SOFTWARE = 0x8022;
const BINDING = 0x0001;

export interface StunMessage {
  readonly type: number;
  readonly transaction: Uint8Array;
  /** As the server gives it, with its version. */
  readonly software: string;
}

export const stun = {
  id: 'stun',
  title: 'STUN',
  ports: [
    { port: 3478, over: 'udp', iana: 'stun' },
    { port: 3478, over: 'tcp', iana: 'stun' },
    { port: 5349, over: 'tls', iana: 'stuns' },
  ],
  sources: ['RFC 8489 §5, §6, §14'],
  depth: 512,
  recognise,
  probe: { impact: 'handshake', over: ['udp', 'tcp'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = parseStun(client, 512);
  const answered = parseStun(server, 512);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return WAIT;
  if (answered.kind === 'more') return likely([speaks('stun')]);
  const paired =
    sameBytes(asked.value.transaction, answered.value.transaction) &&
    (answered.value.type & CLASS_BITS) !== REQUEST;
  return paired ? proved(factsOf(answered.value)) : NO;
}

/** Asks for our own address as it looks from there, which every STUN server tells everybody. */
function* dialogue(peer: Peer): Dialogue {
  const transaction = peer.nonce.subarray(0, 12);
  const question = join(u16(BINDING), u16(0), u32(MAGIC_COOKIE), transaction);
  const received = yield {
    send: question,
    complete: (bytes) => parseStun(bytes).kind !== 'more',
  };
  const answer = parseStun(received);
  if (answer.kind !== 'ok' || (answer.value.type & CLASS_BITS) === REQUEST) return [];
  if (!sameBytes(answer.value.transaction, transaction)) return [];
  return [
    ...factsOf(answer.value),
    ...(peer.over === 'udp' ? amplification(question, received) : []),
  ];
}

/** @param cap bytes beyond which the rest of a message is not looked at */
export function parseStun(bytes: Uint8Array, cap = 2048): Parsed<StunMessage> {
  const reader = new Reader(bytes);
  const type = reader.u16();
  const length = reader.u16();
  reader.skip(4);
  const transaction = reader.take(12);
  // All methods that there are have numbers below 16, which leaves seven zeroes at the start.
  if ((bytes[0] ?? 0) > 1) return bad('no such method');
  if (matches(bytes, [ANY, ANY, ANY, ANY, ...u32(MAGIC_COOKIE)]) === 'no') {
    return bad('no magic cookie');
  }
  if (reader.failed) return MORE;
  if (length % 4 !== 0) return bad('no such length');
  const wanted = Math.min(HEADER + length, cap);
  if (bytes.length < wanted) return MORE;
  const software = readSoftware(reader, Math.min(length, wanted - HEADER));
  return { kind: 'ok', value: { type, transaction, software }, size: HEADER + length };
}

/** Attributes of a type, a length and a value padded to four bytes (RFC 8489 §14). */
function readSoftware(reader: Reader, length: number): string {
  const end = reader.offset + length;
  while (reader.offset + 4 <= end && !reader.failed) {
    const type = reader.u16();
    const size = reader.u16();
    if (type === SOFTWARE) return reader.text(Math.min(size, end - reader.offset));
    reader.skip(Math.ceil(size / 4) * 4);
  }
  return '';
}

function factsOf({ software }: StunMessage): readonly Fact[] {
  return [speaks('stun'), ...(software === '' ? [] : [detail('software', software)])];
}
