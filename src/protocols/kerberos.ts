import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Overheard, Protocol, Recognition } from './protocol.ts';
import { eitherSide } from './shared/either.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const DEPTH = 32;
/** Application tags that are also the message types (RFC 4120 §5.10): AS and TGS, and errors. */
const REQUESTS = [0x6a, 0x6c];
const ANSWERS = [0x6b, 0x6d, 0x7e];

/** There is no probe: every request names somebody who wants to log in. */
export const kerberos = {
  id: 'kerberos',
  title: 'Kerberos',
  ports: [
    { port: 88, over: 'tcp', iana: 'kerberos' },
    { port: 88, over: 'udp', iana: 'kerberos' },
  ],
  sources: ['RFC 4120 §5.4, §5.9, §7.2.2'],
  depth: DEPTH,
  recognise,
  overhear,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseStart(first.client, REQUESTS),
    answered: parseStart(first.server, ANSWERS),
    facts: () => [speaks('kerberos', '5')],
  });
}

/** An error that is sent where nobody asked, or an answer alone. */
function overhear(heard: Overheard): Recognition {
  const isIts = (bytes: Uint8Array): boolean =>
    [REQUESTS, ANSWERS].some((tags) => parseStart(bytes, tags).kind === 'ok');
  return eitherSide(heard, isIts, [speaks('kerberos', '5')]);
}

/**
 * [APPLICATION n], SEQUENCE, the version 5 and the type n, in fields 1 and 2 of a request and 0 and 1
 * of an answer. On a stream four bytes of length come first.
 */
function parseStart(bytes: Uint8Array, tags: readonly number[]): Parsed<number> {
  const reader = new Reader(bytes);
  const stream = bytes[0] === 0;
  if (stream) reader.skip(4);
  const tag = reader.u8();
  if (bytes.length > (stream ? 4 : 0) && !tags.includes(tag)) return bad('no message of Kerberos');
  skipLength(reader);
  const sequence = reader.u8();
  skipLength(reader);
  const version = [reader.u8(), reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  const type = [reader.u8(), reader.u8(), reader.u8(), reader.u8(), reader.u8()];
  if (reader.failed) return bytes.length < DEPTH - 4 ? MORE : bad('it is cut off');
  const from = tags === REQUESTS ? 0xa1 : 0xa0;
  const fits =
    sequence === 0x30 && isInteger(version, from, 5) && isInteger(type, from + 1, tag & 0x1f);
  return fits ? { kind: 'ok', value: tag, size: bytes.length } : bad('no message of Kerberos');
}

/** A field that holds an INTEGER of one octet. */
function isInteger(octets: readonly number[], field: number, value: number): boolean {
  return [field, 3, 2, 1, value].every((octet, index) => octets[index] === octet);
}

function skipLength(reader: Reader): void {
  const first = reader.u8();
  if (first > 0x80) reader.skip(first & 0x7f);
}
