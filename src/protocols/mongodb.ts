import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { Fact } from '../model/evidence.ts';
import type { Dialogue, FirstBytes, Peer, Protocol, Recognition } from './protocol.ts';
import { join, u32le } from './shared/bytes.ts';
import { detail, speaks } from './shared/facts.ts';
import { ask, pair } from './shared/pair.ts';
import { readCString } from './shared/text.ts';

/** Opcodes (MongoDB wire protocol): 2004 and 1 are those of servers older than 5.1. */
const OP_MSG = 2013;
const OP_QUERY = 2004;
const OP_REPLY = 1;
const OP_COMPRESSED = 2012;
const HEADER = 16;
/** Bytes of a first message: hello and its answer have some hundreds. */
const FIRST_CAP = 16_384;
const DEPTH = 64;
/** Fields of a document that are read: an answer to hello has some 20. */
const FIELDS_CAP = 64;

export interface MongoHeader {
  readonly request: number;
  readonly responseTo: number;
  readonly opcode: number;
}

export const mongodb = {
  id: 'mongodb',
  title: 'MongoDB',
  ports: [
    { port: 27017, over: 'tcp', iana: 'mongodb' },
    { port: 27018, over: 'tcp' },
  ],
  sources: ['MongoDB manual: Wire Protocol, OP_MSG, hello', 'bsonspec.org 1.1'],
  depth: DEPTH,
  recognise,
  probe: { impact: 'handshake', over: ['tcp', 'tls'], dialogue },
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseHeader(first.client, 'question'),
    answered: parseHeader(first.server, 'answer'),
    facts: (asked, answered) => {
      const foreign = asked && answered && asked.request !== answered.responseTo;
      return foreign ? undefined : [speaks('mongodb')];
    },
  });
}

/** Says hello, which every client does before it logs in, and reads what the server can do. */
function* dialogue(peer: Peer): Dialogue {
  const request = new Reader(peer.nonce).u16();
  const answer = yield ask(hello(request), wholeMessage);
  const header = parseHeader(answer, 'answer');
  if (header.kind !== 'ok' || header.value.responseTo !== request) return [];
  // After the flags of OP_MSG and the kind of its first section comes the document.
  const fields = readDocument(answer.subarray(HEADER + 4 + 1));
  if (fields.get('ok') === undefined) return [];
  return [speaks('mongodb'), ...factsOf(fields)];
}

/** `{ hello: 1, $db: "admin" }` as an OP_MSG without flags, in one section of kind 0. */
function hello(request: number): Uint8Array {
  const body = join([0x10], 'hello\0', u32le(1), [0x02], '$db\0', u32le(6), 'admin\0', [0]);
  const document = join(u32le(body.length + 4), body);
  const length = HEADER + 4 + 1 + document.length;
  return join(...[length, request, 0, OP_MSG, 0].map(u32le), [0], document);
}

/** The header, and as much behind it as tells a message from other bytes. */
export function parseHeader(bytes: Uint8Array, side: 'question' | 'answer'): Parsed<MongoHeader> {
  const reader = new Reader(bytes);
  const length = reader.u32le();
  const request = reader.u32le();
  const responseTo = reader.u32le();
  const opcode = reader.u32le();
  if (lengthSoFar(bytes) > FIRST_CAP) return bad('no such length');
  if (side === 'question' && bytes.subarray(8, 12).some((byte) => byte !== 0)) {
    return bad('a question answers nothing');
  }
  if (reader.failed) return MORE;
  if (length < HEADER + 5 || !OPCODES[side].includes(opcode)) return bad('no such opcode');
  if (side === 'answer' && responseTo === 0) return bad('an answer to nothing');
  // Only three flags of OP_MSG exist, and only two kinds of section.
  const [flags, kind] = [reader.u32le(), reader.u8()];
  if (reader.failed) return MORE;
  if (opcode === OP_MSG && ((flags & 0xfffefffc) !== 0 || kind > 1)) return bad('no such section');
  return { kind: 'ok', value: { request, responseTo, opcode }, size: length };
}

/** The length as far as it has come, its least significant bytes first. */
function lengthSoFar(bytes: Uint8Array): number {
  return bytes.subarray(0, 4).reduceRight((sum, byte) => sum * 256 + byte, 0);
}

const OPCODES: Readonly<Record<'question' | 'answer', readonly number[]>> = {
  question: [OP_MSG, OP_QUERY, OP_COMPRESSED],
  answer: [OP_MSG, OP_REPLY, OP_COMPRESSED],
};

function wholeMessage(bytes: Uint8Array): Parsed<unknown> {
  const header = parseHeader(bytes, 'answer');
  return header.kind === 'ok' && bytes.length < header.size ? MORE : header;
}

/** Top-level numbers, booleans and strings of a BSON document, in words; whatever else is skipped. */
export function readDocument(bytes: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const reader = new Reader(bytes);
  reader.skip(4);
  for (let count = 0; count < FIELDS_CAP && !reader.failed; count += 1) {
    const type = reader.u8();
    if (type === 0 || reader.failed) break;
    const name = readCString(reader, 128);
    const value = readValue(reader, type);
    if (value === undefined) break;
    fields.set(name, value);
  }
  return fields;
}

/** Sizes by type (bsonspec.org); undefined for a type whose size is not known here. */
function readValue(reader: Reader, type: number): string | undefined {
  switch (type) {
    case 0x01: // Double: 1.0 begins with six bytes of 0 and ends with f0 3f.
      reader.skip(6);
      return reader.u16le() === 0x3ff0 ? '1' : 'double';
    case 0x02:
      return reader.text(reader.u32le()).replace(/\0$/, '');
    case 0x03:
    case 0x04:
      reader.skip(reader.u32le() - 4);
      return 'document';
    case 0x07:
      reader.skip(12);
      return 'id';
    case 0x08:
      return reader.u8() === 1 ? 'true' : 'false';
    case 0x09:
    case 0x11:
    case 0x12:
      reader.skip(8);
      return 'long';
    case 0x10:
      return `${reader.u32le()}`;
    default:
      return undefined;
  }
}

function factsOf(fields: ReadonlyMap<string, string>): readonly Fact[] {
  const wire = fields.get('maxWireVersion');
  const set = fields.get('setName');
  return [
    ...(wire === undefined ? [] : [detail('wire version', wire)]),
    ...(set === undefined ? [] : [detail('replica set', set)]),
  ];
}
