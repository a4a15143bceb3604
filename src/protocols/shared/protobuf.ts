import { Reader } from '../../base/reader.ts';
import { utf8 } from './strings.ts';

/** A field of a Protocol Buffers message (protobuf.dev/programming-guides/encoding). */
export interface Field {
  readonly number: number;
  /** A varint, or the bytes of what has a length or a fixed width. */
  readonly value: number | Uint8Array;
}

const FIELDS_CAP = 128;

/** Seven bits an octet, least significant first; beyond 2^53 it is not exact, and nothing here is. */
export function readVarint(reader: Reader): number {
  let value = 0;
  for (let scale = 1; scale < 2 ** 64; scale *= 128) {
    const octet = reader.u8();
    value += (octet & 0x7f) * scale;
    if ((octet & 0x80) === 0) break;
  }
  return value;
}

/** The fields of one message, up to the first that is malformed. */
export function readFields(message: Uint8Array): readonly Field[] {
  const reader = new Reader(message);
  const fields: Field[] = [];
  while (reader.left > 0 && fields.length < FIELDS_CAP) {
    const key = readVarint(reader);
    const value = readValue(reader, key % 8);
    if (value === undefined || reader.failed) break;
    fields.push({ number: Math.floor(key / 8), value });
  }
  return fields;
}

function readValue(reader: Reader, wireType: number): number | Uint8Array | undefined {
  switch (wireType) {
    case 0:
      return readVarint(reader);
    case 1:
      return reader.take(8);
    case 2:
      return reader.take(readVarint(reader));
    case 5:
      return reader.take(4);
    default:
      return undefined;
  }
}

/** A field that is text with something in it. */
export function textField(fields: readonly Field[], number: number): string | undefined {
  const value = fields.find((field) => field.number === number)?.value;
  if (typeof value !== 'object' || value.length === 0) return undefined;
  return utf8(value);
}
