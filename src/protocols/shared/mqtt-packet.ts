import { Reader } from '../../base/reader.ts';

/** Types of packet with the flags that they must have (MQTT 3.1.1 §2.2.2), PUBLISH left out. */
const FLAGS: ReadonlyMap<number, number> = new Map([
  [2, 0],
  [4, 0],
  [5, 0],
  [6, 2],
  [7, 0],
  [8, 2],
  [9, 0],
  [10, 2],
  [11, 0],
  [12, 0],
  [13, 0],
  [14, 0],
]);
const CONNACK = 2;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const UNSUBSCRIBE = 10;
const PING = 12;
const PONG = 13;
const DISCONNECT = 14;
/** Of PINGREQ and PINGRESP nothing may remain; of the acknowledgements little, also in version 5. */
const SHORT_CAP = 64;
const PROPERTIES_CAP = 0x400;

type Kind = 'telling' | 'fits' | 'none';

/** Packets of a stream that are looked at; so many in a row that only fit are telling too. */
const PACKETS = 3;

/**
 * What a stream that was joined in its middle begins with: packets that could hardly be another
 * protocol's (`telling`), one that fits, or none.
 */
export function packetAt(bytes: Uint8Array): Kind {
  let rest = bytes;
  for (let count = 0; count < PACKETS; count += 1) {
    const kind = kindOf(rest);
    if (kind !== 'fits') return kind === 'none' && count > 0 && rest.length < 2 ? 'fits' : kind;
    const reader = new Reader(rest);
    reader.skip(1);
    reader.skip(readLength(reader) ?? 0);
    rest = reader.rest();
  }
  return 'telling';
}

function kindOf(bytes: Uint8Array): Kind {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const [type, flags] = [first >> 4, first & 0x0f];
  const length = readLength(reader);
  if (length === undefined) return 'none';
  if (type === PUBLISH) {
    return (flags & 0x06) !== 0x06 && isNamed(reader, length) ? 'telling' : 'none';
  }
  if (FLAGS.get(type) !== flags) return 'none';
  if (type === SUBSCRIBE || type === UNSUBSCRIBE) {
    return isSubscription(reader, length) ? 'telling' : 'none';
  }
  return isAnswer(reader, type, length) ? 'fits' : 'none';
}

function isAnswer(reader: Reader, type: number, length: number): boolean {
  if (type === CONNACK) return isConnack(reader, length);
  if (type === PING || type === PONG) return length === 0;
  return length >= (type === DISCONNECT ? 0 : 2) && length <= SHORT_CAP;
}

/** §2.2.3: seven bits an octet, in at most four. */
function readLength(reader: Reader): number | undefined {
  let length = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    const octet = reader.u8();
    length |= (octet & 0x7f) << shift;
    if (octet < 0x80) return reader.failed ? undefined : length;
  }
  return undefined;
}

/** A topic of printable characters without wildcards (§3.3.2.1), which may be cut off. */
function isNamed(reader: Reader, length: number): boolean {
  const size = reader.u16();
  const name = reader.text(Math.min(size, reader.left));
  const fits = size > 0 && size + 2 <= length && name.length >= Math.min(size, 4);
  return fits && isText(name) && !/[+#]/.test(name);
}

/** A number that is not 0, properties in version 5, a filter. */
function isSubscription(reader: Reader, length: number): boolean {
  const id = reader.u16();
  const rest = reader.rest();
  if (id === 0) return false;
  return [rest, rest.subarray(1 + (rest[0] ?? 0))].some((filters) => {
    const inner = new Reader(filters);
    const size = inner.u16();
    const name = inner.text(Math.min(size, inner.left));
    return size > 0 && size + 4 <= length && name.length >= Math.min(size, 1) && isText(name);
  });
}

/** Whether a session was there, a code, and properties in version 5 (5.0 §3.2). */
function isConnack(reader: Reader, length: number): boolean {
  const present = reader.u8();
  const code = reader.u8();
  return present <= 1 && (code <= 5 || code >= 0x80) && length >= 2 && length <= PROPERTIES_CAP;
}

function isText(text: string): boolean {
  return /^[\x20-\x7e\x80-\xff]*$/.test(text);
}
