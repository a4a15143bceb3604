import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { untrusted } from '../base/untrusted.ts';
import type { AttributeName, Fact } from '../model/evidence.ts';
import { modbusFields } from './fields/industrial.ts';
import type { Dialogue, FirstBytes, Overheard, Peer, Protocol, Recognition } from './protocol.ts';
import { NO, WAIT } from './protocol.ts';
import { join, repeats, u16 } from './shared/bytes.ts';
import { access, speaks } from './shared/facts.ts';
import { ask } from './shared/pair.ts';
import { trimmed, utf8 } from './shared/strings.ts';

/** The header before every Modbus/TCP message (Modbus Messaging on TCP/IP 1.0b §3.1.3). */
export interface Mbap {
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
}

/**
 * Public function codes (Modbus Application 1.1b3 §5.1), those left to the user (65 to 72, 100 to
 * 110), and 90, by which Schneider's tools program: the others are nobody's.
 */
const FUNCTIONS: ReadonlySet<number> = new Set(
  [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43, 90].concat(
    [65, 66, 67, 68, 69, 70, 71, 72],
    [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110],
  ),
);

/** Encapsulated Interface Transport, Read Device Identification (Modbus Application 1.1b3 §6.21). */
const READ_DEVICE_IDENTIFICATION = [0x2b, 0x0e] as const;
const BASIC = 0x01;
/** The device itself, where no serial line is behind it (Messaging on TCP/IP 1.0b §4.4.2.2). */
const DEVICE_ITSELF = 0xff;
/** What small servers listen to that pay attention to the unit at all. */
const FIRST_UNIT = 0x01;
/** A device may say for ever that more follows; the three basic objects fit into one answer. */
const ANSWERS_CAP = 3;

const OBJECTS: readonly AttributeName[] = ['vendor', 'model', 'firmware'];

/**
 * It is asked for its identity alone: no function here changes a coil, a register, a file or a
 * counter of the controller.
 */
export const modbus = {
  id: 'modbus',
  title: 'Modbus/TCP',
  ports: [
    { port: 502, over: 'tcp', iana: 'mbap' },
    { port: 802, over: 'tls', iana: 'mbap-s' },
  ],
  sources: [
    'Modbus Messaging on TCP/IP Implementation Guide 1.0b',
    'Modbus Application Protocol 1.1b3',
    'IANA service-names-port-numbers',
  ],
  depth: 64,
  fragile: true,
  recognise,
  overhear,
  fields: modbusFields,
  probe: { impact: 'reads', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise({ client, server }: FirstBytes): Recognition {
  const request = parseMbap(client);
  const response = parseMbap(server);
  if (request.kind === 'bad' || response.kind === 'bad') return NO;
  if (!repeats({ client, server }, 0, 4)) return NO;
  if (request.kind === 'more') return WAIT;
  const facts = [speaks('modbus')];
  if (response.kind === 'more') return { kind: 'yes', certainty: 'likely', facts };

  // Seven bytes of header are weak: the pair must agree, or it is not proved but refuted.
  const paired =
    request.value.transaction === response.value.transaction &&
    request.value.unit === response.value.unit &&
    request.value.functionCode === (response.value.functionCode & 0x7f);
  return paired ? { kind: 'yes', certainty: 'proved', facts } : NO;
}

/** From the middle, where questions and answers do not begin together: whole messages in a row. */
function overhear({ client, server, transport }: Overheard): Recognition {
  const said = [client, server].filter(({ length }) => length > 0);
  const fitting = transport === 'tcp' && said.length > 0 && said.every(areMessages);
  return fitting ? { kind: 'yes', certainty: 'likely', facts: [speaks('modbus')] } : NO;
}

/** Each as long as it says, with a body that its function may have; the last may be cut off. */
function areMessages(bytes: Uint8Array): boolean {
  let rest = bytes;
  for (let count = 0; rest.length > 0; count += 1) {
    const next = parseMbap(rest);
    if (next.kind !== 'ok') return next.kind === 'more' && count > 0;
    const size = 6 + new Reader(rest.subarray(4)).u16();
    if (rest.length < size) return count > 0;
    if (!isShaped(next.value.functionCode, rest.subarray(8, size))) return false;
    rest = rest.subarray(size);
  }
  return bytes.length > 0;
}

/**
 * Whether a body fits the function (Modbus Application 1.1b3 §6): an address and a number, or a count
 * of octets and these; after a write of several both; of an exception its code (§7).
 */
function isShaped(functionCode: number, body: Uint8Array): boolean {
  if (functionCode > 0x80) return body.length === 1 && (body[0] ?? 0) >= 1 && (body[0] ?? 0) <= 11;
  if (functionCode <= 4) return body.length === 4 || body.length === 1 + (body[0] ?? 0);
  if (functionCode <= 6) return body.length === 4;
  if (functionCode === 15 || functionCode === 16) {
    return body.length === 4 || body.length === 5 + (body[4] ?? 0);
  }
  return false;
}

export function parseMbap(bytes: Uint8Array): Parsed<Mbap> {
  const reader = new Reader(bytes);
  const transaction = reader.u16();
  const protocol = reader.u16();
  const length = reader.u16();
  const unit = reader.u8();
  const functionCode = reader.u8();
  if (protocol !== 0) return bad('the protocol identifier is not 0');
  if (reader.failed) return MORE;
  if (length < 2 || length > 254) return bad('the length is out of range');
  if (!FUNCTIONS.has(functionCode & 0x7f)) return bad('no such function code');
  return { kind: 'ok', value: { transaction, unit, functionCode }, size: reader.offset };
}

/** Asks for vendor, product code and revision; an exception is proof too, and the end of it. */
function* dialogue(peer: Peer): Dialogue {
  const transaction = (peer.nonce[0] ?? 0) * 256 + (peer.nonce[1] ?? 0);
  let unit = DEVICE_ITSELF;
  let received = yield ask(question(transaction, unit, 0), parseFrame);
  if (received.length === 0) {
    unit = FIRST_UNIT;
    received = yield ask(question(transaction, unit, 0), parseFrame);
  }
  let answer = parseIdentity(received, transaction, unit);
  if (answer.kind !== 'ok') return [];
  // Over TLS a refusal may be the role's (Modbus/TCP Security §8), so it says nothing of access.
  if (answer.value.exception && peer.over === 'tls') return [speaks('modbus')];

  const attributes: Attribute[] = [...answer.value.attributes];
  for (let answers = 1; answers < ANSWERS_CAP && answer.value.next > 0; answers += 1) {
    const id = (transaction + answers) & 0xffff;
    answer = parseIdentity(yield ask(question(id, unit, answer.value.next), parseFrame), id, unit);
    if (answer.kind !== 'ok') break;
    attributes.push(...answer.value.attributes);
  }
  return [speaks('modbus'), access('open'), ...firstOfEach(attributes)];
}

/** A device that begins anew each time says everything several times. */
function firstOfEach(attributes: readonly Attribute[]): readonly Attribute[] {
  return attributes.filter(
    ({ name }, index) => attributes.findIndex((other) => other.name === name) === index,
  );
}

function question(transaction: number, unit: number, object: number): Uint8Array {
  return join(u16(transaction), [0, 0, 0, 5, unit], READ_DEVICE_IDENTIFICATION, [BASIC, object]);
}

/** A whole message: what follows the header as its length says. */
function parseFrame(bytes: Uint8Array): Parsed<Uint8Array> {
  const header = parseMbap(bytes);
  if (header.kind !== 'ok') return header;
  const reader = new Reader(bytes);
  reader.skip(4);
  const length = reader.u16();
  const body = reader.take(length);
  return reader.failed ? MORE : { kind: 'ok', value: body, size: reader.offset };
}

type Attribute = Extract<Fact, { readonly kind: 'attribute' }>;

interface Identity {
  readonly exception: boolean;
  readonly attributes: readonly Attribute[];
  /** Object to go on with; 0 when nothing follows. */
  readonly next: number;
}

/** The answer to our own question: another transaction, unit or function is somebody else's. */
function parseIdentity(bytes: Uint8Array, transaction: number, unit: number): Parsed<Identity> {
  const header = parseMbap(bytes);
  const frame = parseFrame(bytes);
  if (header.kind !== 'ok' || frame.kind !== 'ok') return bad('no whole answer');
  // A serial gateway or a small server may answer with the unit that it has, not that it was asked.
  if (header.value.transaction !== transaction) return bad('the answer to another question');
  const reader = new Reader(frame.value);
  reader.skip(1);
  const functionCode = reader.u8();
  if (functionCode === (READ_DEVICE_IDENTIFICATION[0] | 0x80))
    return exception(reader, header.value, unit);
  if (functionCode !== READ_DEVICE_IDENTIFICATION[0]) return bad('another function');
  return readObjects(reader);
}

/**
 * Exception codes of Modbus Application 1.1b3 §7: 1..8, 10, 11. Some servers repeat the interface
 * type before it (jsmodbus).
 */
function exception(reader: Reader, header: Mbap, unit: number): Parsed<Identity> {
  const first = reader.u8();
  const code = first === READ_DEVICE_IDENTIFICATION[1] ? reader.u8() : first;
  const known = code >= 1 && code <= 11 && code !== 9;
  if (reader.failed || !known || header.unit !== unit) return bad('no such exception');
  return { kind: 'ok', value: { exception: true, attributes: [], next: 0 }, size: reader.offset };
}

function readObjects(reader: Reader): Parsed<Identity> {
  const mei = reader.u8();
  const code = reader.u8();
  const conformity = reader.u8();
  const more = reader.u8();
  const next = reader.u8();
  const count = reader.u8();
  if (mei !== READ_DEVICE_IDENTIFICATION[1] || code !== BASIC) return bad('another request');
  if (reader.failed || (conformity & 0x7f) === 0) return bad('no conformity level');
  const attributes: Attribute[] = [];
  for (let index = 0; index < count && reader.left > 0; index += 1) {
    const name = OBJECTS[reader.u8()];
    const text = trimmed(utf8(reader.take(reader.u8())));
    if (reader.failed) break;
    if (name !== undefined && text !== '')
      attributes.push({ kind: 'attribute', name, value: untrusted(text) });
  }
  const value = { exception: false, attributes, next: more === 0xff ? next : 0 };
  return { kind: 'ok', value, size: reader.offset };
}
