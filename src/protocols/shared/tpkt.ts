import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import type { FirstBytes, Recognition } from '../protocol.ts';
import { NO, WAIT } from '../protocol.ts';
import { join, u16 } from './bytes.ts';

/** Types of ISO 8073 transport messages of class 0 (RFC 905 §13.2). */
export const CONNECT_REQUEST = 0xe0;
export const CONNECT_CONFIRM = 0xd0;
export const DISCONNECT_REQUEST = 0x80;
export const DATA = 0xf0;
export const TRANSPORT_ERROR = 0x70;

/** Message in a TPKT (RFC 1006 §6). */
export interface TransportMessage {
  readonly type: number;
  /** Whether the caller named the endpoint that it calls (RFC 905 §13.3.4, 0xC1 and 0xC2). */
  readonly selectors: boolean;
  readonly data: Uint8Array;
  /** Whether this data ends a message of the layer above. */
  readonly last: boolean;
}

/** Bytes of one TPKT that are awaited: no device of a control network negotiates more. */
const TPKT_CAP = 8192;
const TYPES: readonly number[] = [
  CONNECT_REQUEST,
  CONNECT_CONFIRM,
  DISCONNECT_REQUEST,
  DATA,
  TRANSPORT_ERROR,
];

/** At `depth` a message may be longer than what is seen of it. */
export function parseTpkt(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): Parsed<TransportMessage> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const reserved = reader.u8();
  if (bytes.length > 0 && (version !== 3 || reserved !== 0)) return bad('no TPKT');
  const length = reader.u16();
  if (bytes.length >= 4 && (length < 7 || length > TPKT_CAP)) return bad('no such length');
  const cut = reader.left > 2 && bytes.length >= depth && bytes.length < length;
  const body = reader.take(cut ? reader.left : length - 4);
  if (reader.failed) return MORE;
  const message = readMessage(new Reader(body));
  if (message === undefined) return bad('no transport message');
  return { kind: 'ok', value: message, size: reader.offset };
}

/** RFC 905 §13.3 to §13.12, of which class 0 has five. */
function readMessage(reader: Reader): TransportMessage | undefined {
  const header = new Reader(reader.take(reader.u8()));
  const octet = header.u8();
  const type = octet & 0xf0;
  if (reader.failed || header.failed || !TYPES.includes(type)) return undefined;
  if (type === DATA) {
    const last = (header.u8() & 0x80) !== 0;
    return header.failed ? undefined : { type, selectors: false, data: reader.rest(), last };
  }
  if (type === TRANSPORT_ERROR) return { type, selectors: false, data: reader.rest(), last: true };
  header.skip(5);
  const selectors = readSelectors(header);
  return header.failed ? undefined : { type, selectors, data: reader.rest(), last: true };
}

/** Parameters of RFC 905 §13.3.4: code, length, value. */
function readSelectors(header: Reader): boolean {
  let selectors = false;
  while (header.left > 1) {
    const code = header.u8();
    if (code === 0xc1 || code === 0xc2) selectors = true;
    // No parameter has a code below 0x80: the negotiation of Remote Desktop stands there (1 to 3).
    header.skip(code < 0x80 ? Number.MAX_SAFE_INTEGER : header.u8());
  }
  return selectors;
}

/** Messages from the start of a stream, at most sixteen, with the bytes that they took. */
export function transportMessages(
  bytes: Uint8Array,
  depth = Number.POSITIVE_INFINITY,
): {
  readonly messages: readonly TransportMessage[];
  readonly rest: Parsed<TransportMessage>['kind'];
} {
  const messages: TransportMessage[] = [];
  let left = bytes;
  for (;;) {
    const next = parseTpkt(left, depth - (bytes.length - left.length));
    if (next.kind !== 'ok') return { messages, rest: next.kind };
    messages.push(next.value);
    left = left.subarray(next.size);
    if (messages.length === 16) return { messages, rest: 'ok' };
  }
}

/** What two sides have said since they met. */
export interface Opening {
  readonly kind: 'open';
  /** Whether the connection request was seen: a capture may begin after it. */
  readonly requested: boolean;
  /** The caller's first data; undefined where the connection was refused. */
  readonly question: TransportMessage | undefined;
  readonly answers: readonly TransportMessage[];
}

/** The start of a connection that calls an endpoint; Remote Desktop's request calls none. */
export function opening({ client, server }: FirstBytes, depth: number): Opening | Recognition {
  const asked = transportMessages(client, depth);
  const answered = transportMessages(server, depth);
  const waiting = asked.rest === 'more' && client.length < depth ? WAIT : NO;
  const [request, next] = asked.messages;
  if (answered.rest === 'bad') return NO;
  if (request === undefined) return server.length > 0 ? NO : waiting;

  const answers = answered.messages;
  if (request.type === DATA) return { kind: 'open', requested: false, question: request, answers };
  if (request.type !== CONNECT_REQUEST || !request.selectors) return NO;
  const refused = answers[0]?.type === DISCONNECT_REQUEST;
  if (next === undefined && !refused) return waiting;
  return { kind: 'open', requested: true, question: refused ? undefined : next, answers };
}

/** Connection request of class 0 with a TPDU size of 1024, calling as 0x0100. */
export function connectRequest(called: number): Uint8Array {
  const variable = [0xc0, 1, 0x0a, 0xc1, 2, 1, 0, 0xc2, 2, ...u16(called)];
  const header = join([CONNECT_REQUEST, 0, 0, 0, 1, 0], variable);
  return tpkt(join([header.length], header));
}

export function dataMessage(data: Uint8Array): Uint8Array {
  return tpkt(join([2, DATA, 0x80], data));
}

function tpkt(body: Uint8Array): Uint8Array {
  return join([3, 0], u16(body.length + 4), body);
}
