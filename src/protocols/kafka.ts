import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const DEPTH = 64;
const MESSAGE_CAP = 0x6400000;
/** Highest API key and version that Apache Kafka 4 has, with room for later ones. */
const KEY_CAP = 120;
const VERSION_CAP = 24;
const CLIENT_CAP = 255;
const API_VERSIONS = 18;

/** There is no probe yet: a broker that wants TLS or a login answers nothing to who has neither. */
export const kafka = {
  id: 'kafka',
  title: 'Apache Kafka',
  ports: [
    { port: 9092, over: 'tcp' },
    { port: 9093, over: 'tls' },
  ],
  sources: [
    'https://kafka.apache.org/protocol.html (Common Request and Response Structure, API keys)',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseRequest(first.client);
  if (isAnsweredHalf(first, asked)) return NO;
  return pair(first, DEPTH, {
    asked,
    answered: parseResponse(first.server),
    // Eight octets of an answer alone are anybody's.
    facts: (mine, theirs) =>
      mine === undefined || (theirs !== undefined && mine !== theirs)
        ? undefined
        : [speaks('kafka')],
  });
}

/** Length, key, version, correlation id, client id. */
function parseRequest(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const key = reader.u16();
  const version = reader.u16();
  const correlation = reader.u32();
  const size = reader.u16();
  if (bytes.length >= 4 && (length < 10 || length > MESSAGE_CAP)) return bad('no such length');
  if (key > KEY_CAP || version > VERSION_CAP) return bad('no such request');
  if (reader.failed) return MORE;
  return readName(reader, size, length, key) ?? { kind: 'ok', value: correlation, size: 14 };
}

/** Whether the client id is one: `bad` or `more` where not. */
function readName(
  reader: Reader,
  size: number,
  length: number,
  key: number,
): Parsed<never> | undefined {
  // Only the question that comes first may do without: everything else it says is zeroes.
  if (size === 0xffff || size === 0) return key === API_VERSIONS ? undefined : bad('no client id');
  if (size > CLIENT_CAP || size + 10 > length) return bad('no client id');
  const name = reader.text(Math.min(size, DEPTH - reader.offset));
  if (reader.failed) return MORE;
  return /^[\x20-\x7e]*$/.test(name) ? undefined : bad('no client id');
}

/** Length, and the correlation id of the question. */
function parseResponse(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const correlation = reader.u32();
  if (bytes.length >= 4 && (length < 6 || length > MESSAGE_CAP)) return bad('no such length');
  if (reader.failed) return MORE;
  return { kind: 'ok', value: correlation, size: reader.offset };
}
