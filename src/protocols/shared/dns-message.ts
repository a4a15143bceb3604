import type { Parsed } from '../../base/reader.ts';
import { bad, MORE, Reader } from '../../base/reader.ts';
import { join, u16 } from './bytes.ts';

export const TYPE = { A: 1, NS: 2, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;
export const CLASS = { IN: 1, CH: 3 } as const;

/** Top bit of a question's class: answer me alone (RFC 6762 §5.4); of a record's: nobody else has it (§10.2). */
export const TOP_BIT = 0x8000;
export const RESPONSE = 0x8000;
export const AUTHORITATIVE = 0x0400;
export const RECURSION_DESIRED = 0x0100;
export const RECURSION_AVAILABLE = 0x0080;
export const OPCODE = 0x7800;
/** Query, notify (RFC 1996), update (RFC 2136). */
const OPCODES: ReadonlySet<number> = new Set([0, 0x2000, 0x2800]);

/** Recursion available, and the code of an error. */
const ANSWERS_ONLY = RECURSION_AVAILABLE | 0x000f;

const LATIN1 = new TextDecoder('latin1');
const HEADER = 12;
/** Records and questions that are read, whatever the counts promise. */
const RECORDS_CAP = 256;
const QUESTIONS_CAP = 64;
/** RFC 1035 §3.1: octets of a name; and jumps, so that pointers cannot run in a circle. */
const NAME_CAP = 255;
const JUMPS_CAP = 16;

export interface Question {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
}

export interface ResourceRecord {
  readonly name: DnsName;
  readonly type: number;
  readonly class: number;
  /** Of the data, in the message: names within may point to what stands before. */
  readonly at: number;
  readonly data: Uint8Array;
}

/** Labels, each as the octets that it has, in Latin-1: a label may hold anything, dots too. */
export type DnsName = readonly string[];

export interface DnsMessage {
  readonly id: number;
  readonly flags: number;
  readonly questions: readonly Question[];
  /** Of all three sections, as far as they could be read. */
  readonly records: readonly ResourceRecord[];
}

/** The first twelve bytes. */
export interface DnsHeader {
  readonly id: number;
  readonly flags: number;
  readonly counts: readonly [number, number, number, number];
}

/**
 * RFC 1035 §4.1.1. What can be refused before all twelve bytes are there is refused. The reserved
 * bit is let pass: a few clients set it.
 */
export function parseHeader(bytes: Uint8Array): Parsed<DnsHeader> {
  const reader = new Reader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const counts = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
  const forbidden = (flags & RESPONSE) === 0 ? ANSWERS_ONLY : 0;
  const isMeant = OPCODES.has(flags & OPCODE) && (flags & forbidden) === 0;
  if (bytes.length >= 4 && !isMeant) return bad('no query');
  if (bytes.length >= 6 && !isCount(counts[0], flags)) return bad('no number of questions');
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { id, flags, counts }, size: HEADER };
}

/** A query asks something; nobody asks as much as the field can count. */
function isCount(questions: number, flags: number): boolean {
  return questions <= QUESTIONS_CAP && (questions > 0 || (flags & RESPONSE) !== 0);
}

/** A whole message; what is cut off or damaged in its records is left out. */
export function parseMessage(bytes: Uint8Array): Parsed<DnsMessage> {
  const header = parseHeader(bytes);
  if (header.kind !== 'ok') return header;
  const { id, flags, counts } = header.value;
  const [asked, ...answered] = counts;
  const questions: Question[] = [];
  let at = HEADER;
  while (questions.length < asked) {
    const question = parseQuestion(bytes, at);
    if (question.kind !== 'ok') return question;
    questions.push(question.value);
    at += question.size;
  }
  const promised = answered.reduce((sum, count) => sum + count, 0);
  const records = readRecords(bytes, at, promised);
  return { kind: 'ok', value: { id, flags, questions, records }, size: bytes.length };
}

/** The question at this offset; `size` is what it takes there. */
export function parseQuestion(bytes: Uint8Array, at: number): Parsed<Question> {
  const name = readName(bytes, at);
  if (name.kind !== 'ok') return name;
  const reader = new Reader(bytes.subarray(at + name.size));
  const type = reader.u16();
  const kind = reader.u16();
  if (reader.failed) return MORE;
  return { kind: 'ok', value: { name: name.value, type, class: kind }, size: name.size + 4 };
}

function readRecords(bytes: Uint8Array, from: number, promised: number): ResourceRecord[] {
  const records: ResourceRecord[] = [];
  let at = from;
  while (records.length < Math.min(promised, RECORDS_CAP)) {
    const name = readName(bytes, at);
    if (name.kind !== 'ok') break;
    const reader = new Reader(bytes.subarray(at + name.size));
    const [type, kind] = [reader.u16(), reader.u16()];
    reader.skip(4);
    const data = reader.take(reader.u16());
    if (reader.failed) break;
    const end = at + name.size + reader.offset;
    records.push({ name: name.value, type, class: kind, at: end - data.length, data });
    at = end;
  }
  return records;
}

/** RFC 1035 §4.1.4: labels, and pointers that lead further back only. */
export function readName(bytes: Uint8Array, start: number): Parsed<DnsName> {
  const labels: string[] = [];
  let at = start;
  let octets = 1;
  /** Where the name ends in its own place: after the first pointer, or after the root. */
  let end: number | undefined;
  for (let jumps = 0; jumps <= JUMPS_CAP; ) {
    const piece = pieceAt(bytes, at);
    if (piece.kind !== 'ok') return piece;
    const { value, size } = piece;
    if (typeof value === 'number') {
      end ??= at + size;
      at = value;
      jumps += 1;
      continue;
    }
    at += size;
    if (value === '') return { kind: 'ok', value: labels, size: (end ?? at) - start };
    octets += size;
    if (octets > NAME_CAP) return bad('the name is too long');
    labels.push(value);
  }
  return bad('too many pointers');
}

/** A label, empty for the root, or the offset to which a pointer leads. */
function pieceAt(bytes: Uint8Array, at: number): Parsed<string | number> {
  const length = bytes[at] ?? 0;
  if (length > 63 && length < 0xc0) return bad('no label and no pointer');
  const size = length < 0xc0 ? 1 + length : 2;
  if (at + size > bytes.length) return MORE;
  if (length < 0xc0) {
    return { kind: 'ok', value: LATIN1.decode(bytes.subarray(at + 1, at + size)), size };
  }
  const value = (length & 0x3f) * 256 + (bytes[at + 1] ?? 0);
  return value >= at ? bad('a pointer leads forwards') : { kind: 'ok', value, size };
}

/** The name that a record's data consists of, or begins with after `skip` octets. */
export function nameIn(bytes: Uint8Array, record: ResourceRecord, skip = 0): DnsName {
  const name = readName(bytes, record.at + skip);
  return name.kind === 'ok' && skip < record.data.length ? name.value : [];
}

/** The character-strings of a TXT record (RFC 1035 §3.3.14). */
export function stringsIn(data: Uint8Array, cap = 64): readonly Uint8Array[] {
  const reader = new Reader(data);
  const strings: Uint8Array[] = [];
  while (reader.left > 0 && strings.length < cap) {
    const text = reader.take(reader.u8());
    if (!reader.failed && text.length > 0) strings.push(text);
  }
  return strings;
}

/** A query; names are ours and ASCII, without a dot at the end. */
export function query(
  id: number,
  flags: number,
  questions: readonly {
    readonly name: string;
    readonly type: number;
    readonly class: number;
  }[],
): Uint8Array {
  const header = [id, flags, questions.length, 0, 0, 0].map(u16);
  const asked = questions.map((question) =>
    join(encodeName(question.name), u16(question.type), u16(question.class)),
  );
  return join(...header, ...asked);
}

function encodeName(name: string): Uint8Array {
  const labels = name === '' ? [] : name.split('.');
  return join(...labels.flatMap((label) => [[label.length], label]), [0]);
}

export function sameName(a: DnsName, b: DnsName): boolean {
  return a.join('.').toLowerCase() === b.join('.').toLowerCase();
}
