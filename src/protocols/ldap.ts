import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import { laterTlsFields } from './fields/tls.ts';
import type { Dialogue, FirstBytes, Protocol, Recognition } from './protocol.ts';
import type { Element } from './shared/ber.ts';
import {
  childrenOf,
  ENUMERATED,
  element,
  INTEGER,
  integer,
  integerOf,
  OCTET_STRING,
  parseElement,
  SEQUENCE,
} from './shared/ber.ts';
import { begins } from './shared/bytes.ts';
import { attribute, detail, speaks } from './shared/facts.ts';
import { ask, leave, pair } from './shared/pair.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 32;
/** Application tags of the operations (RFC 4511 §4). */
const BIND_REQUEST = 0x60;
const BIND_RESPONSE = 0x61;
const UNBIND_REQUEST = 0x42;
const SEARCH_REQUEST = 0x63;
const SEARCH_ENTRY = 0x64;
const SEARCH_DONE = 0x65;
const SEARCH_REFERENCE = 0x73;
const EXTENDED_REQUEST = 0x77;
const EXTENDED_RESPONSE = 0x78;
const REQUESTS = [BIND_REQUEST, SEARCH_REQUEST, EXTENDED_REQUEST, 0x66, 0x68, 0x6e, 0x50, 0x4a];
const RESPONSES = [
  BIND_RESPONSE,
  SEARCH_ENTRY,
  SEARCH_DONE,
  SEARCH_REFERENCE,
  EXTENDED_RESPONSE,
].concat([0x67, 0x69, 0x6b, 0x6d, 0x6f, 0x79]);

/** What the root says about the server (RFC 4512 §5.1, RFC 3045). */
const ATTRIBUTES = ['vendorName', 'vendorVersion', 'supportedLDAPVersion', 'namingContexts'].concat(
  'dnsHostName',
);

export const ldap = {
  id: 'ldap',
  title: 'LDAP',
  ports: [
    { port: 389, over: 'tcp', iana: 'ldap' },
    { port: 636, over: 'tls', iana: 'ldaps' },
  ],
  sources: ['RFC 4511', 'RFC 4512 §5.1 (root DSE)', 'RFC 3045 (vendor)'],
  depth: DEPTH,
  recognise,
  fields: laterTlsFields,
  probe: { impact: 'reads', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseStart(first.client, REQUESTS),
    answered: parseStart(first.server, RESPONSES),
    facts: (asked, answered) =>
      asked && answered && asked.id !== answered.id ? undefined : [speaks('ldap', '3')],
  });
}

/** Reads the root entry, which servers show to anybody who did not log in, and takes leave. */
function* dialogue(): Dialogue {
  const answer = yield ask(searchRoot(), wholeAnswer);
  const messages = messagesOf(answer);
  const [first] = messages;
  if (first === undefined || messages.at(-1)?.operation.tag !== SEARCH_DONE) return [];
  yield leave(message(2, element(UNBIND_REQUEST)));
  return [speaks('ldap', '3'), ...messages.flatMap(({ operation }) => factsOf(operation))];
}

/** RFC 4511 §4.5.1: base object, no aliases, no limits, every entry that has a class. */
function searchRoot(): Uint8Array {
  const text = (value: string): Uint8Array => element(OCTET_STRING, value);
  const search = element(
    SEARCH_REQUEST,
    ...[text(''), integer(0, ENUMERATED), integer(0, ENUMERATED), integer(0), integer(0)],
    element(0x01, [0]), // BOOLEAN: values too, not only types.
    element(0x87, 'objectClass'), // A filter: present.
    element(SEQUENCE, ...ATTRIBUTES.map(text)),
  );
  return message(1, search);
}

function message(id: number, operation: Uint8Array): Uint8Array {
  return element(SEQUENCE, integer(id), operation);
}

/** SEQUENCE, message id, and the tag of an operation. */
function parseStart(bytes: Uint8Array, operations: readonly number[]): Parsed<{ id: number }> {
  if (begins(bytes, [SEQUENCE]) === 'no') return bad('a message is a SEQUENCE');
  const reader = new Reader(bytes);
  reader.skip(1);
  const length = reader.u8();
  if (length > 0x84 || length === 0x80) return bad('no such length');
  reader.skip(length < 0x80 ? 0 : length & 0x7f);
  const integerTag = reader.u8();
  const size = reader.u8();
  const id = reader.take(size).reduce((sum, octet) => sum * 256 + octet, 0);
  const operation = reader.u8();
  if (reader.failed) return bytes.length < 16 && size <= 4 ? MORE : bad('no message id');
  if (integerTag !== INTEGER || size > 4 || id === 0) return bad('no message id');
  if (!operations.includes(operation)) return bad('no operation of LDAP');
  return { kind: 'ok', value: { id }, size: reader.offset };
}

/** A search ends with its own message (RFC 4511 §4.5.2). */
function wholeAnswer(received: Uint8Array): Parsed<true> {
  const start = parseStart(received, RESPONSES);
  if (start.kind !== 'ok') return start;
  const messages = messagesOf(received);
  return messages.at(-1)?.operation.tag === SEARCH_DONE || messages.length >= MESSAGES_CAP
    ? { kind: 'ok', value: true, size: received.length }
    : MORE;
}

/** The root is one entry; a few referrals may come with it. */
const MESSAGES_CAP = 8;

function messagesOf(bytes: Uint8Array): readonly { id: number; operation: Element }[] {
  const messages: { id: number; operation: Element }[] = [];
  let rest = bytes;
  while (messages.length < MESSAGES_CAP) {
    const envelope = parseElement(rest);
    if (envelope.kind !== 'ok' || envelope.value.tag !== SEQUENCE) break;
    const [id, operation] = childrenOf(envelope.value.value) ?? [];
    if (integerOf(id) !== 1 || operation === undefined) break;
    messages.push({ id: 1, operation });
    rest = rest.subarray(envelope.size);
  }
  return messages;
}

const NAMES: ReadonlyMap<string, { detail: string; attribute?: AttributeName }> = new Map([
  ['vendorname', { detail: 'vendor' }],
  ['vendorversion', { detail: 'vendor version' }],
  ['namingcontexts', { detail: 'naming contexts' }],
  ['dnshostname', { detail: 'host name', attribute: 'name' }],
]);

/** An entry: its name, then a list of types with their values. */
function factsOf(operation: Element): readonly Fact[] {
  if (operation.tag !== SEARCH_ENTRY) return [];
  const [, list] = childrenOf(operation.value) ?? [];
  const attributes = list === undefined ? [] : (childrenOf(list.value) ?? []);
  return attributes.flatMap((item) => {
    const [type, set] = childrenOf(item.value) ?? [];
    const name = NAMES.get(type === undefined ? '' : textOf(type.value, 64).toLowerCase());
    const values = set === undefined ? [] : (childrenOf(set.value) ?? []);
    const text = values
      .slice(0, 4)
      .map(({ value }) => textOf(value, 128))
      .join(', ');
    if (name === undefined || text === '') return [];
    return [
      detail(name.detail, text),
      ...(name.attribute === undefined ? [] : [attribute(name.attribute, text)]),
    ];
  });
}
