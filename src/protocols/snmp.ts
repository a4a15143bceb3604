import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import { snmpFields } from './fields/snmp.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import type { Element } from './shared/ber.ts';
import {
  childrenOf,
  element,
  integer,
  integerOf,
  NULL,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  oidOf,
  parseElement,
  SEQUENCE,
} from './shared/ber.ts';
import { hexOf } from './shared/bytes.ts';
import { makerOf } from './shared/enterprises.ts';
import {
  access,
  amplification,
  attribute,
  detail,
  likely,
  proved,
  speaks,
} from './shared/facts.ts';
import { textOf } from './shared/text.ts';

const DEPTH = 64;
/** RFC 3416 §3. */
const GET_REQUEST = 0xa0;
const RESPONSE = 0xa2;
const REPORT = 0xa8;
/** The read community that manuals document as the one after unpacking; we ask with no other. */
const COMMUNITY = 'public';
/** User-based Security Model (RFC 3411 §5). */
const USM = 3;
/** The Report is wanted, no authentication and no privacy (RFC 3412 §6.4). */
const REPORTABLE = 0x04;
const MESSAGE_CAP = 65_507;

/** Version field of a message -> version in words (RFC 1157, RFC 3416, RFC 3412). */
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0, '1'],
  [1, '2c'],
  [3, '3'],
]);

/** OIDs as encoded, of the system group (RFC 3418). */
const SYS_DESCR = [0x2b, 6, 1, 2, 1, 1, 1, 0];
const SYS_OBJECT_ID = [0x2b, 6, 1, 2, 1, 1, 2, 0];
const SYS_NAME = [0x2b, 6, 1, 2, 1, 1, 5, 0];
const ENTERPRISES = '1.3.6.1.4.1.';

export const snmp = {
  id: 'snmp',
  title: 'SNMP',
  ports: [
    { port: 161, over: 'udp', iana: 'snmp' },
    { port: 162, over: 'udp', iana: 'snmptrap' },
  ],
  sources: [
    'RFC 3416',
    'RFC 3418',
    'RFC 1901',
    'RFC 3412',
    'RFC 3414 §4 (engine discovery)',
    'RFC 3411 (SnmpEngineID)',
    'IANA Private Enterprise Numbers',
  ],
  depth: DEPTH,
  recognise,
  fields: snmpFields,
  probe: { impact: 'reads', over: ['udp'], dialogue },
} as const satisfies Protocol;

/** The start of a message: enough to tell it from other BER, even where the end is cut off. */
function startOf(bytes: Uint8Array): Parsed<string> {
  const reader = new Reader(bytes);
  const tag = reader.u8();
  if (bytes.length > 0 && tag !== SEQUENCE) return bad('a message is a SEQUENCE');
  const long = reader.u8();
  const octets = long < 0x80 ? 0 : long & 0x7f;
  if (octets > 4 || long === 0x80) return bad('no such length');
  reader.skip(octets);
  const [integerTag, size, version, next] = [reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  if (reader.failed) return MORE;
  const words = VERSIONS.get(version);
  const expected = version === 3 ? SEQUENCE : OCTET_STRING;
  if (integerTag !== 2 || size !== 1 || words === undefined || next !== expected) {
    return bad('no version of SNMP');
  }
  if (next === OCTET_STRING && !hasPdu(reader)) return bad('no PDU of SNMP');
  return { kind: 'ok', value: words, size: reader.offset };
}

/** Whether a community and a PDU follow, as far as they are there (RFC 1901 §3, RFC 3416 §3). */
function hasPdu(reader: Reader): boolean {
  const length = reader.u8();
  reader.skip(length);
  const pdu = reader.u8();
  return length < 0x80 && (reader.failed || (pdu >= GET_REQUEST && pdu <= REPORT));
}

function recognise({ client, server }: FirstBytes): Recognition {
  const asked = startOf(client);
  const answered = startOf(server);
  if (asked.kind === 'bad' || answered.kind === 'bad') return NO;
  if (asked.kind === 'more') return WAIT;
  const facts = [speaks('snmp', asked.value)];
  if (answered.kind === 'more') return likely(facts);
  return answered.value === asked.value ? proved(facts) : NO;
}

/**
 * Reads three values of the system group, then asks for the engine's id, which needs no name at all
 * and which an agent tells that keeps its values to itself.
 */
function* dialogue(peer: Peer): Dialogue {
  const id = new Reader(peer.nonce).u16();
  const question = get(id);
  const answer = yield { send: question, complete: isMessage };
  const values = parseResponse(answer, id);
  const read =
    values.kind === 'ok'
      ? [
          speaks('snmp', '2c'),
          access('open'),
          detail('community', COMMUNITY),
          ...values.value.flatMap(factsOf),
          ...amplification(question, answer),
        ]
      : [];
  const engine = parseEngineId(yield { send: discover(id + 1), complete: isMessage }, id + 1);
  if (engine.kind !== 'ok') return read;
  const known = read.length > 0 ? read : [speaks('snmp', '3')];
  return [...known, ...engineFacts(engine.value, read)];
}

function isMessage(received: Uint8Array): boolean {
  return parseElement(received, MESSAGE_CAP).kind !== 'more';
}

function get(id: number): Uint8Array {
  const bindings = [SYS_DESCR, SYS_OBJECT_ID, SYS_NAME].map((oid) =>
    element(SEQUENCE, element(OBJECT_IDENTIFIER, oid), element(NULL)),
  );
  const pdu = element(
    GET_REQUEST,
    integer(id),
    integer(0),
    integer(0),
    element(SEQUENCE, ...bindings),
  );
  return element(SEQUENCE, integer(1), element(OCTET_STRING, COMMUNITY), pdu);
}

/** RFC 3414 §4: no engine id, no user name, an empty list; the answer is a Report. */
function discover(id: number): Uint8Array {
  const empty = element(OCTET_STRING);
  const header = element(
    SEQUENCE,
    integer(id),
    integer(MESSAGE_CAP),
    element(OCTET_STRING, [REPORTABLE]),
    integer(USM),
  );
  const security = element(SEQUENCE, empty, integer(0), integer(0), empty, empty, empty);
  const pdu = element(GET_REQUEST, integer(id), integer(0), integer(0), element(SEQUENCE));
  const scoped = element(SEQUENCE, empty, empty, pdu);
  return element(SEQUENCE, integer(3), header, element(OCTET_STRING, security), scoped);
}

/** What an agent says of one variable. */
export interface Binding {
  readonly oid: string;
  readonly value: Element;
}

/** The answer to the request `id`: an error answers too, and binds nothing. */
export function parseResponse(bytes: Uint8Array, id: number): Parsed<readonly Binding[]> {
  const [version, community, pdu] = fields(bytes) ?? [];
  if (integerOf(version) !== 1 || community?.tag !== OCTET_STRING) return bad('not SNMPv2c');
  if (pdu?.tag !== RESPONSE) return bad('not a Response');
  const [requestId, status, index, bindings] = childrenOf(pdu.value) ?? [];
  if (integerOf(requestId) !== id) return bad('it answers another request');
  if (integerOf(status) === undefined || integerOf(index) === undefined) return bad('no status');
  if (bindings?.tag !== SEQUENCE) return bad('no list of variables');
  const values = (childrenOf(bindings.value) ?? []).flatMap(bindingOf);
  return { kind: 'ok', value: integerOf(status) === 0 ? values : [], size: bytes.length };
}

function bindingOf(pair: Element): readonly Binding[] {
  const [name, value] = childrenOf(pair.value) ?? [];
  const oid = name?.tag === OBJECT_IDENTIFIER ? oidOf(name.value) : undefined;
  return oid === undefined || value === undefined ? [] : [{ oid, value }];
}

/** Of a Report: the id of the authoritative engine (RFC 3414 §2.4, §3.2). */
export function parseEngineId(bytes: Uint8Array, id: number): Parsed<Uint8Array> {
  const [version, header, security, scoped] = fields(bytes) ?? [];
  if (integerOf(version) !== 3 || header?.tag !== SEQUENCE || security?.tag !== OCTET_STRING) {
    return bad('not SNMPv3');
  }
  const [messageId, , , model] = childrenOf(header.value) ?? [];
  if (integerOf(messageId) !== id || integerOf(model) !== USM) return bad('another message');
  if (scoped?.tag !== SEQUENCE || childrenOf(scoped.value)?.[2]?.tag !== REPORT) {
    return bad('not a Report');
  }
  const parameters = parseElement(security.value);
  if (parameters.kind !== 'ok') return bad('no security parameters');
  const engine = childrenOf(parameters.value.value)?.[0];
  // RFC 3411 §5, SnmpEngineID: 5 to 32 octets.
  if (engine?.tag !== OCTET_STRING || engine.value.length < 5 || engine.value.length > 32) {
    return bad('no engine id');
  }
  return { kind: 'ok', value: engine.value, size: bytes.length };
}

function fields(bytes: Uint8Array): readonly Element[] | undefined {
  const message = parseElement(bytes, MESSAGE_CAP);
  if (message.kind !== 'ok' || message.value.tag !== SEQUENCE) return undefined;
  return childrenOf(message.value.value);
}

function factsOf({ oid, value }: Binding): readonly Fact[] {
  if (oid === '1.3.6.1.2.1.1.2.0' && value.tag === OBJECT_IDENTIFIER) {
    return objectFacts(oidOf(value.value) ?? '');
  }
  const name = NAMES.get(oid);
  if (name === undefined || value.tag !== OCTET_STRING || value.value.length === 0) return [];
  const text = textOf(value.value);
  return [detail(name.detail, text), ...(name.attribute ? [attribute(name.attribute, text)] : [])];
}

const NAMES: ReadonlyMap<string, { detail: string; attribute?: AttributeName }> = new Map([
  ['1.3.6.1.2.1.1.1.0', { detail: 'sysDescr' }],
  ['1.3.6.1.2.1.1.5.0', { detail: 'sysName', attribute: 'name' }],
]);

/** sysObjectID lies below the number of whoever made the device (RFC 3418 §2). */
function objectFacts(oid: string): readonly Fact[] {
  const enterprise = oid.startsWith(ENTERPRISES) ? Number(oid.split('.')[6]) : 0;
  const maker = makerOf(enterprise);
  return [detail('sysObjectID', oid), ...(maker === undefined ? [] : [attribute('vendor', maker)])];
}

/** The first four octets are the maker's number, with the first bit set in ids of today's form. */
function engineFacts(engine: Uint8Array, said: readonly Fact[]): readonly Fact[] {
  const maker = makerOf(new Reader(engine).u32() % 0x80000000);
  const named = said.some((fact) => fact.kind === 'attribute' && fact.name === 'vendor');
  return [
    detail('engine id', hexOf(engine)),
    ...(maker === undefined || named ? [] : [attribute('vendor', maker)]),
  ];
}
