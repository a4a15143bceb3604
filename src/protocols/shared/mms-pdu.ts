import { Reader } from '../../base/reader.ts';

/** Basic encoding of 1.0.9506.2, which abstract syntax (.1) and application context (.3) begin with. */
const MMS = [0x28, 0xca, 0x22, 0x02];
/** CONNECT and ACCEPT; give tokens and data transfer, which always come together (X.225 §8.3). */
const CONNECT = 0x0d;
const ACCEPT = 0x0e;
const DATA_TRANSFER = [0x01, 0x00, 0x01, 0x00];
/** User data of the presentation layer, fully encoded (X.226 §8.4.2): a list, a context, its value. */
const USER_DATA = [0x61, 0x30];
const INTEGER = 0x02;
const SINGLE = 0xa0;

/** ISO 9506-2 §7: kinds of PDU whose first member is the number of the call. */
const NUMBERED = [0xa0, 0xa1];
/** Error, unconfirmed, reject, cancel (and its answer and error), initiate (three), conclude error. */
const OTHERS = [0xa2, 0xa3, 0xa4, 0xa7, 0xa8, 0xa9, 0xaa, 0xad];
/** Short ones: cancel and its answer, conclude and its answer. */
const SHORT = [0x85, 0x86, 0x8b, 0x8c];

/**
 * Whether data of the ISO transport is MMS: by its syntax where an association is made, by a PDU
 * where one stands; implementations for tests leave session and presentation out.
 */
export function carriesMms(data: Uint8Array): boolean {
  const [first] = data;
  if (first === CONNECT || first === ACCEPT) return namesMms(data);
  if (DATA_TRANSFER.every((octet, index) => data[index] === octet)) {
    return isPresented(new Reader(data.subarray(DATA_TRANSFER.length)));
  }
  return isPdu(new Reader(data));
}

function namesMms(data: Uint8Array): boolean {
  for (let at = data.indexOf(0x28); at !== -1; at = data.indexOf(0x28, at + 1)) {
    if (MMS.every((octet, index) => data[at + index] === octet)) return true;
  }
  return false;
}

function isPresented(reader: Reader): boolean {
  for (const tag of USER_DATA) if (readHead(reader)?.tag !== tag) return false;
  const context = readHead(reader);
  if (context?.tag !== INTEGER) return false;
  reader.skip(context.length);
  return readHead(reader)?.tag === SINGLE && isPdu(reader);
}

function isPdu(reader: Reader): boolean {
  const pdu = readHead(reader);
  if (pdu === undefined) return false;
  if (SHORT.includes(pdu.tag)) return pdu.length <= 4;
  if (OTHERS.includes(pdu.tag)) return isInside(readHead(reader), pdu.length);
  if (!NUMBERED.includes(pdu.tag)) return false;
  const call = readHead(reader);
  return call?.tag === INTEGER && call.length >= 1 && call.length <= 5 && call.length < pdu.length;
}

/** A context-specific member, or the number of a call, that is not longer than what holds it. */
function isInside(member: Head | undefined, length: number): boolean {
  if (member === undefined) return length === 0;
  const known = (member.tag & 0xc0) === 0x80 || member.tag === INTEGER;
  return known && member.length <= length;
}

interface Head {
  readonly tag: number;
  readonly length: number;
}

/** Identifier and length of an element (X.690 §8.1), whose value need not have come. */
function readHead(reader: Reader): Head | undefined {
  const tag = reader.u8();
  const first = reader.u8();
  if (first < 0x80) return reader.failed ? undefined : { tag, length: first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 3) return undefined;
  let length = 0;
  for (let index = 0; index < octets; index += 1) length = length * 256 + reader.u8();
  return reader.failed ? undefined : { tag, length };
}
