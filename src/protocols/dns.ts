import type { Parsed } from '../base/reader.ts';
import { bad, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import { dnsFields } from './fields/dns.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { join, NOTHING, u16 } from './shared/bytes.ts';
import {
  isLocal,
  isMulticastQuery,
  isOfTheLink,
  LLMNR_PORT,
  repeats,
} from './shared/dns-dialect.ts';
import type { DnsMessage } from './shared/dns-message.ts';
import {
  CLASS,
  OPCODE,
  parseHeader,
  parseMessage,
  parseQuestion,
  query,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  RESPONSE,
  sameName,
  stringsIn,
  TOP_BIT,
  TYPE,
} from './shared/dns-message.ts';
import { amplification, detail, likely, proved, speaks } from './shared/facts.ts';
import { utf8 } from './shared/strings.ts';

const DEPTH = 280;
/** NetBIOS has DNS's header, and types of its own (RFC 1002 §4.2.1.2). */
const NETBIOS_TYPES: ReadonlySet<number> = new Set([0x20, 0x21]);
const REFUSED = 5;
/** Ports of those who took its format: multicast, and for names of the link. */
const DIALECTS: readonly (number | undefined)[] = [5353, LLMNR_PORT];
/** Questions and records that a message which breaks a rule may promise. */
const LOOSE_QUESTIONS = 16;
const LOOSE_RECORDS = 64;
/** Highest type that is assigned and asked for (IANA: CAA is 257, AMTRELAY 260). */
const LAST_TYPE = 260;

export const dns = {
  id: 'dns',
  title: 'DNS',
  ports: [
    { port: 53, over: 'udp', iana: 'domain' },
    { port: 53, over: 'tcp', iana: 'domain' },
    { port: 853, over: 'tls', iana: 'domain-s' },
  ],
  sources: ['RFC 1035 §4', 'RFC 4892 (id.server, version.bind)', 'RFC 7766', 'RFC 7858'],
  depth: DEPTH,
  recognise,
  overhear,
  fields: dnsFields,
  probe: { impact: 'reads', over: ['udp', 'tcp', 'tls'], dialogue },
} as const satisfies Protocol;

/** As datagrams and as a stream, and where the answer was heard first, as in a capture of one direction. */
function recognise({ client, server, clientPort, serverPort }: FirstBytes): Recognition {
  if (clientPort === LLMNR_PORT || serverPort === LLMNR_PORT) return NO;
  const verdicts = [
    judge(client, server),
    judge(server, client),
    judge(unframed(client, QUERY_CAP), unframed(server, ANSWER_CAP)),
    judge(unframed(server, QUERY_CAP), unframed(client, ANSWER_CAP)),
  ];
  return (
    verdicts.find(({ kind }) => kind === 'yes') ??
    verdicts.find(({ kind }) => kind === 'more') ??
    NO
  );
}

/**
 * Messages that break a rule: an operation that nobody assigned, answers in a question, a name that
 * points forward. One side must be readable, and the other must belong to it.
 */
function overhear({ client, server, transport, clientPort, serverPort }: Overheard): Recognition {
  const isDatagram = transport === 'udp';
  if (isDatagram && [clientPort, serverPort].some((port) => DIALECTS.includes(port))) return NO;
  const [asked, answered] = isDatagram
    ? [client, server]
    : [unframed(client, ANSWER_CAP), unframed(server, ANSWER_CAP)];
  const readable = isLoose(asked) || isLoose(answered);
  return readable && belongLoosely(asked, answered) ? likely([speaks('dns')]) : NO;
}

/** One side alone; or a question and, under its id, an answer. */
function belongLoosely(asked: Uint8Array, answered: Uint8Array): boolean {
  if (asked.length === 0 || answered.length === 0) return true;
  const isAnswer = ((asked[2] ?? 0) & 0x80) === 0 && ((answered[2] ?? 0) & 0x80) !== 0;
  return isAnswer && asked[0] === answered[0] && asked[1] === answered[1];
}

/** Counts that are small, and a first question of a class and a type that there are. */
function isLoose(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  reader.skip(4);
  const questions = reader.u16();
  const records = reader.u16() + reader.u16() + reader.u16();
  if (reader.failed || questions === 0 || questions > LOOSE_QUESTIONS) return false;
  const first = parseQuestion(bytes, reader.offset);
  if (records > LOOSE_RECORDS || first.kind !== 'ok') return false;
  const { type, class: kind, name } = first.value;
  const known = [CLASS.IN, CLASS.CH, 4, 254, 255].some((one) => one === kind);
  const isNetbios = /^[A-P]{32}$/.test(name[0] ?? '');
  const ordinary = name.length > 0 && !isNetbios && !isLocal(name);
  return known && type > 0 && type <= LAST_TYPE && ordinary;
}

/** Bytes that a message over TCP may announce: a query has a name and little else. */
const QUERY_CAP = 512;
const ANSWER_CAP = 0xffff;

/** RFC 1035 §4.2.2: over TCP two bytes of length come first. */
function unframed(bytes: Uint8Array, cap: number): Uint8Array {
  const reader = new Reader(bytes);
  const length = reader.u16();
  if (reader.failed) return NOTHING;
  return length >= 12 && length <= cap ? reader.rest() : FOREIGN;
}

/** Begins nothing: an opcode that is not assigned. */
const FOREIGN = Uint8Array.of(0, 0, 0x7f, 0xff);

function judge(client: Uint8Array, server: Uint8Array): Recognition {
  const asked = parseStart(client, 'query');
  const answered = parseStart(server, 'response');
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  // Nobody answers half a query.
  if (asked.kind === 'more' && client.length > 0) return server.length > 0 ? NO : WAIT;
  if (asked.kind === 'more') return alone(answered, server.length);
  if (answered.kind === 'more') return server.length === 0 ? likely([speaks('dns')]) : WAIT;
  return paired(answered.value, asked.value);
}

/** Under different ids and names they are halves of two exchanges of one pair of ports. */
function paired(answer: DnsMessage, asked: DnsMessage): Recognition {
  const isOther = answer.id !== asked.id && !sharesName(answer, asked);
  if (isOther) return likely([speaks('dns')]);
  return belongs(answer, asked) ? proved([speaks('dns')]) : NO;
}

/** An answer whose question nobody heard; a header alone might be anything. */
function alone(answered: Parsed<DnsMessage>, length: number): Recognition {
  const isTelling = answered.kind === 'ok' && answered.value.questions.length > 0;
  if (isTelling) return likely([speaks('dns')]);
  // Without the two octets of length that go before it over TCP.
  return length < DEPTH - 2 ? WAIT : NO;
}

/**
 * By id and question. Resolvers ask for both kinds of address from one port at once, so that the
 * first answer may be to the second question: then the name is what they share.
 */
function belongs(answer: DnsMessage, asked: DnsMessage): boolean {
  if (answer.id !== asked.id) return sharesName(answer, asked);
  return answer.questions.length === 0 || repeats(answer, asked);
}

function sharesName(answer: DnsMessage, asked: DnsMessage): boolean {
  const [question] = asked.questions;
  const [again] = answer.questions;
  if (question === undefined || again === undefined || again.name.length === 0) return false;
  return sameName(again.name, question.name);
}

/** Header and first question: all that may be looked at. A name of 255 octets fits in the depth. */
function parseStart(bytes: Uint8Array, side: 'query' | 'response'): Parsed<DnsMessage> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  const { id, flags, counts } = header.value;
  const [asked, ...others] = counts;
  const isResponse = (flags & RESPONSE) !== 0;
  if (isResponse !== (side === 'response')) return bad('the other direction');
  if (isResponse && asked === 0 && others.every((count) => count === 0)) {
    return { kind: 'ok', value: { id, flags, questions: [], records: [] }, size: header.size };
  }
  if (asked !== 1) return bad('one question at a time');
  const isQuery = !isResponse && (flags & OPCODE) === 0;
  if (isQuery && !isQueryOnly(others)) return bad('a query brings no answers');
  const question = parseQuestion(bytes, header.size);
  if (question.kind !== 'ok') return question;
  const { value, size } = question;
  const message = { id, flags, questions: [value], records: [] };
  if (!isOrdinary(message, value.type, value.class)) return bad('not of DNS');
  // Whoever brings EDNS, or names other servers, is on the way to a name of one label at the top.
  const isBare = others.slice(1).every((count) => count === 0);
  if (isBare && isOfTheLink(message, {})) return bad('a name of the link');
  return { kind: 'ok', value: message, size: header.size + size };
}

/** No answers, no authorities; EDNS and a signature may come as additional records. */
function isQueryOnly([answers = 0, authorities = 0, additional = 0]: readonly number[]): boolean {
  return answers === 0 && authorities === 0 && additional <= 2;
}

function isOrdinary(message: DnsMessage, type: number, kind: number): boolean {
  if (NETBIOS_TYPES.has(type) && isNetbiosName(message)) return false;
  const known = [CLASS.IN, CLASS.CH, 4, 255].some((one) => one === kind);
  if (type === 0 || !known || (kind & TOP_BIT) !== 0) return false;
  const isResponse = (message.flags & RESPONSE) !== 0;
  const local = message.questions.some(({ name }) => isLocal(name));
  return isResponse
    ? !local || (message.flags & RECURSION_DESIRED) !== 0
    : !isMulticastQuery(message);
}

/** First-level encoding: 32 letters from A to P (RFC 1001 §14.1). */
function isNetbiosName({ questions }: DnsMessage): boolean {
  return questions.some(({ name }) => /^[A-P]{32}$/.test(name[0] ?? ''));
}

/**
 * Asks for the server's own name and version, which it answers by itself: the flag in its answer
 * tells whether it would look up other names, and no question leaves the network.
 */
function* dialogue(peer: Peer): Dialogue {
  const id = new Reader(peer.nonce).u16();
  const facts: Fact[] = [];
  for (const [index, { name, label }] of QUESTIONS.entries()) {
    const question = query((id + index) & 0xffff, RECURSION_DESIRED, [
      { name, type: TYPE.TXT, class: CLASS.CH },
    ]);
    const stream = peer.over !== 'udp';
    const send = stream ? join(u16(question.length), question) : question;
    const received = yield { send, complete: (bytes) => isWhole(bytes, stream) };
    const answer = answerTo(question, stream ? received.subarray(2) : received);
    if (answer === undefined) break;
    if (index === 0) facts.push(...serverFacts(answer));
    facts.push(...textsOf(answer, label));
    if (index === 0 && !stream) facts.push(...amplification(send, received));
  }
  return facts;
}

const QUESTIONS = [
  { name: 'version.bind', label: 'product' },
  { name: 'id.server', label: 'server id' },
] as const;

function isWhole(bytes: Uint8Array, stream: boolean): boolean {
  if (!stream) return bytes.length > 0;
  return bytes.length >= 2 && bytes.length >= new Reader(bytes).u16() + 2;
}

function answerTo(question: Uint8Array, received: Uint8Array): DnsMessage | undefined {
  const asked = parseMessage(question);
  const answer = parseMessage(received);
  if (asked.kind !== 'ok' || answer.kind !== 'ok') return undefined;
  const { id, flags, questions } = answer.value;
  const isOurs = id === asked.value.id && (flags & RESPONSE) !== 0;
  const same = questions.length === 0 || repeats(answer.value, asked.value);
  return isOurs && same ? answer.value : undefined;
}

function serverFacts({ flags }: DnsMessage): readonly Fact[] {
  // A server that refuses says nothing about whom it would serve.
  const told = (flags & 0x0f) !== REFUSED;
  const available = (flags & RECURSION_AVAILABLE) !== 0;
  return [speaks('dns'), ...(told ? [detail('recursion', available ? 'yes' : 'no')] : [])];
}

function textsOf({ records }: DnsMessage, label: string): readonly Fact[] {
  const text = records.find(({ type }) => type === TYPE.TXT);
  const [first] = text === undefined ? [] : stringsIn(text.data);
  return first === undefined ? [] : [detail(label, utf8(first))];
}
