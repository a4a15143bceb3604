import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks, undecided } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const HEADER = 9;
/** Bytes of a question after which nobody waits for its answer: a segment. */
const DEPTH = 1460;
const LENGTH_CAP = 0x10000000;
const RESPONSE = 0x80;
/** Startup, options, query, prepare, execute, register, batch, auth response (native_protocol_v4 §2.4). */
const ASKED = [1, 5, 7, 9, 10, 11, 13, 15];
/** Error, ready, authenticate, supported, result, event, auth challenge and success. */
const ANSWERED = [0, 2, 3, 6, 8, 12, 14, 16];

export const cassandra = {
  id: 'cassandra',
  title: 'Apache Cassandra',
  ports: [{ port: 9042, over: 'tcp' }],
  sources: ['https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec §2'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

/** Nine octets of a question are weak, so it takes the answer under the same stream. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client, false);
  const answered = parseHeader(first.server, true);
  if (isAnsweredHalf(first, asked)) return NO;
  if (asked.kind === 'ok' && first.server.length === 0) return undecided(first, DEPTH);
  return pair(first, DEPTH, {
    asked,
    answered,
    facts: (mine, theirs) => {
      const same =
        mine && theirs && mine.version === theirs.version && mine.stream === theirs.stream;
      return same ? [speaks('cassandra', String(mine.version))] : undefined;
    },
  });
}

/** Version with the direction, flags, stream, opcode, length. */
function parseHeader(
  bytes: Uint8Array,
  response: boolean,
): Parsed<{ version: number; stream: number }> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  const flags = reader.u8();
  const stream = reader.u16();
  const opcode = reader.u8();
  const length = reader.u32();
  const version = first & 0x7f;
  if (bytes.length > 0 && ((first & RESPONSE) !== 0) !== response) return bad('another direction');
  if (bytes.length > 0 && (version < 3 || version > 6)) return bad('another version');
  if (flags > 0x1f || (bytes.length > 4 && !(response ? ANSWERED : ASKED).includes(opcode))) {
    return bad('no such message');
  }
  if (reader.failed) return MORE;
  return length > LENGTH_CAP
    ? bad('no such length')
    : { kind: 'ok', value: { version, stream }, size: HEADER };
}
