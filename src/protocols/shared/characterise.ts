import type { Signature } from '../../model/evidence.ts';
import { hexOf } from './bytes.ts';
import type { Sample } from './framing.ts';
import { findFraming, widthOf } from './framing.ts';

/** Bytes of the answer that a signature keeps, and of the question. */
const START_CAP = 32;
const QUESTION_CAP = 64;
/** Bytes over which entropy is taken: more tell nothing new. */
const ENTROPY_CAP = 1024;

/** Bytes that must be the same at the least, and how many of them must be more than filler. */
const SAME_MINIMUM = 4;
const TELLING_MINIMUM = 2;
/** Share of the compared bytes that must be the same: numbers, times and names differ. */
const SAME_SHARE = 0.6;
/** Bytes after a length field that still belong to a header: a status or a command. */
const AFTER_LENGTH = 4;
/** Bits a byte by which two answers of one protocol may differ. */
const ENTROPY_RANGE = 2.5;

/**
 * What an unknown protocol looks like, from what was sent (nothing where the device spoke first)
 * and one answer or several to the same question.
 */
export function characterise(question: Uint8Array, answers: readonly Uint8Array[]): Signature {
  const [first = new Uint8Array(0), ...more] = answers;
  const samples = [first, ...more].map(sampleOf);
  const start = samples.map(({ start: bytes }) => bytes).reduce(common);
  return {
    question: hexOf(question.subarray(0, QUESTION_CAP)),
    start: textOf(start),
    ...findFraming(samples),
    entropy: entropyOf(first),
    length: first.length,
  };
}

function sampleOf(answer: Uint8Array): Sample {
  return {
    start: [...answer.subarray(0, START_CAP)],
    length: answer.length,
    isText: isLine(answer),
  };
}

/** Printable text with at least one line end. */
function isLine(bytes: Uint8Array): boolean {
  const part = bytes.subarray(0, ENTROPY_CAP);
  const printable = part.every(
    (byte) => (byte >= 0x20 && byte !== 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d,
  );
  return printable && part.includes(0x0a);
}

/** Shannon's entropy in bits a byte, to two decimals. */
export function entropyOf(bytes: Uint8Array): number {
  const part = bytes.subarray(0, ENTROPY_CAP);
  if (part.length === 0) return 0;
  const counts = new Uint32Array(256);
  for (const byte of part) counts[byte] = (counts[byte] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) {
    if (count > 0) bits -= (count / part.length) * Math.log2(count / part.length);
  }
  return Math.round(bits * 100) / 100;
}

/**
 * Whether two unknown protocols are the same: they answer the same kind of question, their messages
 * are framed alike, and their first bytes agree but for what changes from message to message.
 */
export function matchesSignature(signature: Signature, other: Signature): boolean {
  if (!sameQuestion(signature.question, other.question)) return false;
  if (!sameFraming(signature, other)) return false;
  if (Math.abs(signature.entropy - other.entropy) > ENTROPY_RANGE) return false;
  return sameStart(signature, other);
}

/** The same first four bytes: behind them may stand a nonce, or the address that was asked. */
function sameQuestion(a: string, b: string): boolean {
  if (a === '' || b === '') return a === b;
  return a.slice(0, 8) === b.slice(0, 8);
}

/** What could not be found out contradicts nothing. */
function sameFraming(a: Signature, b: Signature): boolean {
  if (a.framing === 'unknown' || b.framing === 'unknown') {
    return a.framing !== 'line' && b.framing !== 'line';
  }
  if (a.framing !== b.framing || a.lengthAt !== b.lengthAt) return false;
  return a.framing !== 'fixed' || a.length === b.length;
}

function sameStart(a: Signature, b: Signature): boolean {
  const compared = comparedBytes(a, b);
  const same = compared.filter(([x, y]) => x === y);
  const telling = same.filter(([x]) => x !== 0x00 && x !== 0xff);
  if (same.length < SAME_MINIMUM || telling.length < TELLING_MINIMUM) return false;
  // A protocol's mark stands at its beginning.
  const beginning = compared.slice(0, SAME_MINIMUM);
  return beginning.every(([x, y]) => x === y) && same.length >= compared.length * SAME_SHARE;
}

/** Bytes known of both, without the length field, and of a framed message its header alone. */
function comparedBytes(a: Signature, b: Signature): readonly (readonly [number, number])[] {
  const framed = a.lengthAt >= 0 && a.lengthAt === b.lengthAt;
  const width = framed ? widthOf(a.framing) : 0;
  const end = framed ? a.lengthAt + width + AFTER_LENGTH : START_CAP;
  const ours = bytesOf(a.start);
  const theirs = bytesOf(b.start);
  const pairs: [number, number][] = [];
  for (let index = 0; index < Math.min(ours.length, theirs.length, end); index += 1) {
    const x = ours[index];
    const y = theirs[index];
    const isLength = framed && index >= a.lengthAt && index < a.lengthAt + width;
    if (x !== undefined && y !== undefined && !isLength) pairs.push([x, y]);
  }
  return pairs;
}

/**
 * One signature from two of the same protocol: bytes in which they differ become `..`, and two
 * lengths may show where the length is told when one did not.
 */
export function mergeSignatures(a: Signature, b: Signature): Signature {
  const start = common(bytesOf(a.start), bytesOf(b.start));
  return {
    question: commonPrefix(a.question, b.question),
    start: textOf(start),
    ...mergedFraming(a, b),
    entropy: Math.round(((a.entropy + b.entropy) / 2) * 100) / 100,
    length: Math.max(a.length, b.length),
  };
}

function mergedFraming(a: Signature, b: Signature): Pick<Signature, 'framing' | 'lengthAt'> {
  if (a.framing === b.framing && a.lengthAt === b.lengthAt && a.framing !== 'unknown') {
    const { framing, lengthAt } = a;
    if (framing !== 'fixed' || a.length === b.length) return { framing, lengthAt };
  }
  const samples = [a, b].map(({ start, length, framing }) => ({
    start: bytesOf(start),
    length,
    isText: framing === 'line',
  }));
  return findFraming(samples);
}

function commonPrefix(a: string, b: string): string {
  let size = 0;
  while (size < a.length && a.slice(size, size + 2) === b.slice(size, size + 2)) size += 2;
  return a.slice(0, size);
}

type Bytes = readonly (number | undefined)[];

function common(a: Bytes, b: Bytes): Bytes {
  return a.slice(0, b.length).map((byte, index) => (byte === b[index] ? byte : undefined));
}

function bytesOf(text: string): Bytes {
  return Array.from({ length: Math.floor(text.length / 2) }, (_, index) => {
    const digits = text.slice(index * 2, index * 2 + 2);
    return digits === '..' ? undefined : Number.parseInt(digits, 16);
  });
}

function textOf(bytes: Bytes): string {
  return bytes.map((byte) => byte?.toString(16).padStart(2, '0') ?? '..').join('');
}
