import type { Parsed } from '../base/reader.ts';
import { bad } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { coapFields } from './fields/coap.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { join, sameBytes } from './shared/bytes.ts';
import type { Message } from './shared/coap-message.ts';
import {
  CSM,
  codeOfSegment,
  GET,
  options,
  parseDatagram,
  parseSegment,
  RELEASE,
  UNAUTHORIZED,
} from './shared/coap-message.ts';
import { access, amplification, detail, likely, proved, speaks } from './shared/facts.ts';
import { parseLinks } from './shared/link-format.ts';
import { leave } from './shared/pair.ts';
import { utf8 } from './shared/strings.ts';

const CONFIRMABLE = 0;
const ACKNOWLEDGEMENT = 2;
const CONTENT = 0x45;

/** Uri-Path `.well-known` and `core` (RFC 6690 §4). */
const WELL_KNOWN_CORE = options([11, '.well-known'], [11, 'core']);
/** Characters of a list of resources that are read: one block is at most 1024 bytes (RFC 7959). */
const PAYLOAD_CAP = 2048;

export const coap = {
  id: 'coap',
  title: 'CoAP',
  ports: [
    { port: 5683, over: 'udp', iana: 'coap' },
    { port: 5684, over: 'dtls', iana: 'coaps' },
    { port: 5683, over: 'tcp', iana: 'coap' },
    { port: 5684, over: 'tls', iana: 'coaps' },
  ],
  sources: ['RFC 7252', 'RFC 6690', 'RFC 7959', 'RFC 8323', 'IANA service-names-port-numbers'],
  depth: 64,
  recognise,
  fields: coapFields,
  probe: { impact: 'reads', over: ['udp', 'dtls', 'tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const verdict = asDatagrams({ client, server });
  return verdict.kind === 'no' ? asSegments({ client, server }) : verdict;
}

/** RFC 7252 §3. Four bytes of header are weak: a pair must share its message id or its token. */
function asDatagrams({ client, server }: FirstBytes): Recognition {
  if (!couldAsk(client)) return NO;
  const asked = parseDatagram(client, coap.depth);
  if (asked.kind === 'more') return isForeign(server) ? NO : WAIT;
  if (asked.kind === 'bad' || !isQuestion(asked.value)) return NO;
  if (server.length === 0) return likely([speaks('coap', '1')]);
  const answered = parseDatagram(server, coap.depth);
  if (answered.kind !== 'ok' || !answers(answered.value, asked.value)) return NO;
  return proved([speaks('coap', '1')]);
}

/** Told by the first two bytes: version 1, confirmable or not, a method or the empty code. */
function couldAsk([first = 0x40, code = 0]: Uint8Array): boolean {
  return first >> 5 === 0b010 && code < 8;
}

/** RFC 8323 §5.3: both sides of a connection begin with CSM. */
function asSegments({ client, server, transport }: FirstBytes): Recognition {
  if (transport === 'udp') return NO;
  const asked = parseHello(client);
  const answered = parseHello(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return client.length < coap.depth ? WAIT : NO;
  if (answered.kind === 'more') return likely([speaks('coap', '1 over TCP')]);
  return proved([speaks('coap', '1 over TCP')]);
}

/** The first message of a connection, refused as soon as its code is there and is not CSM. */
function parseHello(bytes: Uint8Array): Parsed<Message> {
  const code = codeOfSegment(bytes);
  if (code !== undefined && code !== CSM) return bad('a connection begins with CSM');
  return parseSegment(bytes, coap.depth);
}

/** What a device that spoke first said cannot be an answer in CoAP. */
function isForeign(server: Uint8Array): boolean {
  return server.length > 0 && parseDatagram(server, coap.depth).kind === 'bad';
}

/** A request, or the empty one that is a ping (RFC 7252 §4.3). */
function isQuestion({ type, code, token }: Message): boolean {
  if (code === 0) return type === CONFIRMABLE && token.length === 0;
  return type < ACKNOWLEDGEMENT && code < 0x08;
}

/** RFC 7252 §4.2 and §5.3.2: an acknowledgement or reset by message id, a response by token. */
function answers(answer: Message, question: Message): boolean {
  const sameId = answer.id === question.id;
  if (answer.code === 0) return sameId && answer.type >= ACKNOWLEDGEMENT;
  const isResponse = answer.code >= 0x40 && answer.code < 0xc0;
  const sameToken = sameBytes(answer.token, question.token);
  return isResponse && sameToken && (sameId || answer.type < ACKNOWLEDGEMENT);
}

function dialogue(peer: Peer): Dialogue {
  return peer.over === 'udp' || peer.over === 'dtls' ? askDatagram(peer) : askSegment(peer);
}

/** Asks for the list of resources, its first block only, and acknowledges where that is asked for. */
function* askDatagram({ nonce, over }: Peer): Dialogue {
  const token = nonce.subarray(2, 6);
  const send = join([0x44, GET], nonce.subarray(0, 2), token, WELL_KNOWN_CORE);
  const asked = parseDatagram(send);
  if (asked.kind !== 'ok') return [];
  const question = asked.value;
  const received = yield {
    send,
    complete: (bytes) => responseIn(bytes, question) !== undefined,
  };
  const response = responseIn(received, question);
  if (response === undefined) return acknowledges(received, question) ? [speaks('coap', '1')] : [];
  if (response.type === CONFIRMABLE && response.code !== 0) {
    yield leave(join([0x60, 0, response.id >> 8, response.id & 0xff]));
  }
  // Nobody can forge his address to a device that has shaken hands first.
  const size = over === 'udp' ? amplification(send, received) : [];
  return [speaks('coap', '1'), ...factsOf(response), ...size];
}

/**
 * The response among the datagrams that came. Only an empty acknowledgement can be told from what
 * follows it, since a datagram's own length is its only end; and nothing else may come first.
 */
function responseIn(bytes: Uint8Array, question: Message): Message | undefined {
  const first = parseDatagram(bytes);
  if (first.kind !== 'ok' || !answers(first.value, question)) return undefined;
  if (!acknowledges(bytes, question)) return first.value;
  const second = parseDatagram(bytes.subarray(4));
  const isResponse = second.kind === 'ok' && answers(second.value, question);
  return isResponse ? second.value : undefined;
}

/** RFC 7252 §5.2.2: an empty acknowledgement says that the response will come by itself. */
function acknowledges(bytes: Uint8Array, question: Message): boolean {
  const first = parseDatagram(bytes.subarray(0, 4));
  return (
    first.kind === 'ok' &&
    first.value.type === ACKNOWLEDGEMENT &&
    first.value.code === 0 &&
    first.value.id === question.id
  );
}

/** RFC 8323: CSM, the same question, and a release. */
function* askSegment({ nonce }: Peer): Dialogue {
  const token = nonce.subarray(2, 6);
  const length = WELL_KNOWN_CORE.length;
  const request = join([0xd4, length - 13, GET], token, WELL_KNOWN_CORE);
  const send = join([0x00, CSM], request);
  const received = yield {
    send,
    complete: (bytes) => ends(segments(bytes), token),
  };
  const [hello, ...more] = segments(received);
  // An echo sends our request back too; a server never sends one.
  if (hello?.code !== CSM || more.some(({ code }) => code === GET)) return [];
  const response = more.find((message) => sameBytes(message.token, token));
  yield leave(Uint8Array.of(0x00, RELEASE));
  return [speaks('coap', '1 over TCP'), ...(response === undefined ? [] : factsOf(response))];
}

function ends(messages: readonly Message[], token: Uint8Array): boolean {
  return messages.some((message) => sameBytes(message.token, token));
}

/** At most eight messages from the start of a stream. */
function segments(bytes: Uint8Array): readonly Message[] {
  const messages: Message[] = [];
  for (let rest = bytes; messages.length < 8; ) {
    const message = parseSegment(rest);
    if (message.kind !== 'ok') break;
    messages.push(message.value);
    rest = rest.subarray(message.size);
  }
  return messages;
}

function factsOf({ code, payload }: Message): readonly Fact[] {
  if (code === UNAUTHORIZED) return [access('credentials')];
  if (code !== CONTENT) return code === 0 ? [] : [detail('response', codeInWords(code))];
  const links = parseLinks(utf8(payload, PAYLOAD_CAP));
  return [access('open'), ...links.map((link) => detail('resource', link))];
}

/** RFC 7252 §3: three bits of class, a dot, five bits of detail. */
function codeInWords(code: number): string {
  return `${code >> 5}.${String(code & 0x1f).padStart(2, '0')}`;
}
