import { Reader } from '../../base/reader.ts';

/** Entries of a map or list that are read: a greeting has a dozen. */
const ENTRIES_CAP = 64;

/**
 * A value of AMQP 1.0 (part 1, types): text where it is a string or a symbol, members where it is a
 * list, a map or an array of symbols, and nothing else, since nothing else says who somebody is.
 */
export type Value = string | readonly Value[] | undefined;

/** The value at the reader; `depth` bounds how far lists in lists are followed. */
export function readValue(reader: Reader, depth = 3): Value {
  const code = reader.u8();
  if (code === 0) {
    // Described: a descriptor and the value (part 1 §1.2.1), one level of it.
    skip(reader, reader.u8());
    return depth === 0 ? undefined : readValue(reader, depth - 1);
  }
  return readCoded(reader, code, depth);
}

/** Symbol and string, list and map, array; the upper half of a code tells the width (§1.2). */
function readCoded(reader: Reader, code: number, depth: number): Value {
  switch (code) {
    case 0xa1:
    case 0xa3:
      return reader.text(reader.u8());
    case 0xb1:
    case 0xb3:
      return reader.text(reader.u32());
    case 0x45:
      return [];
    case 0xc0:
    case 0xc1:
    case 0xd0:
    case 0xd1:
      return readMembers(reader, code >= 0xd0, depth);
    case 0xe0:
    case 0xf0:
      return readArray(reader, code >= 0xf0);
    default:
      skip(reader, code);
      return undefined;
  }
}

function readMembers(reader: Reader, wide: boolean, depth: number): Value {
  const size = wide ? reader.u32() : reader.u8();
  const body = new Reader(reader.take(size));
  const count = wide ? body.u32() : body.u8();
  const members: Value[] = [];
  while (depth > 0 && members.length < count && members.length < ENTRIES_CAP && body.left > 0) {
    members.push(readValue(body, depth - 1));
  }
  return members;
}

/** Of symbols alone: one constructor for all. */
function readArray(reader: Reader, wide: boolean): Value {
  const size = wide ? reader.u32() : reader.u8();
  const body = new Reader(reader.take(size));
  const count = wide ? body.u32() : body.u8();
  const code = body.u8();
  if (code !== 0xa3 && code !== 0xb3) return [];
  const members: Value[] = [];
  while (members.length < count && members.length < ENTRIES_CAP && body.left > 0) {
    members.push(body.text(code === 0xa3 ? body.u8() : body.u32()));
  }
  return members;
}

/** Width by the upper half of the code (§1.2): 4 none, 5 one, 6 two, 7 four, 8 eight, 9 sixteen. */
function skip(reader: Reader, code: number): void {
  const half = code >> 4;
  if (half >= 0x0a) reader.skip(half % 2 === 0 ? reader.u8() : reader.u32());
  else if (half >= 5) reader.skip(2 ** (half - 5));
}
