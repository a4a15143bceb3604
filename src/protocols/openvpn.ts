import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { hexOf } from './shared/bytes.ts';
import { speaks, undecided } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const DEPTH = 1460;
/** Opcodes in the upper five bits: hard resets of the client (7 and, with a wrapped key, 10), of the server. */
const CLIENT_RESETS = [7, 10];
const SERVER_RESET = 8;
/** Bytes of a reset without an HMAC: opcode, session, number of acknowledgements, packet id. */
const SMALLEST = 14;

/** There is no probe: it answers only with the key where one is used, and keeps a state where not. */
export const openvpn = {
  id: 'openvpn',
  title: 'OpenVPN',
  ports: [
    { port: 1194, over: 'udp', iana: 'openvpn' },
    { port: 1194, over: 'tcp', iana: 'openvpn' },
  ],
  sources: [
    'https://openvpn.net/community-resources/openvpn-protocol/',
    'https://openvpn.github.io/openvpn-rfc/openvpn-wire-protocol.html §3',
    'IANA service-names-port-numbers',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

/** An opcode and a random session are weak: the server must repeat the session. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseReset(first.client, CLIENT_RESETS);
  if (isAnsweredHalf(first, asked)) return NO;
  const answered = parseReset(first.server, [SERVER_RESET]);
  if (asked.kind === 'ok' && first.server.length === 0) return undecided(first, DEPTH);
  return pair(first, DEPTH, {
    asked,
    answered,
    facts: (mine, theirs) => {
      const repeated = mine && theirs && hexOf(theirs.rest).includes(mine.session);
      return repeated ? [speaks('openvpn')] : undefined;
    },
  });
}

interface Reset {
  /** Eight octets in hex. */
  readonly session: string;
  readonly rest: Uint8Array;
}

/** Over TCP a length comes first. Opcode and key 0, session, perhaps an HMAC, packet ids. */
function parseReset(bytes: Uint8Array, opcodes: readonly number[]): Parsed<Reset> {
  const isReset = (octet = 0): boolean => opcodes.includes(octet >> 3) && (octet & 7) === 0;
  if (isReset(bytes[0])) return parseSession(bytes, bytes.length);
  const length = new Reader(bytes).u16();
  const wrong = (bytes[0] ?? 0) > 4 || (bytes.length > 2 && !isReset(bytes[2]));
  return wrong ? bad('no reset') : parseSession(bytes.subarray(2), length);
}

function parseSession(bytes: Uint8Array, length: number): Parsed<Reset> {
  const reader = new Reader(bytes);
  reader.skip(1);
  const session = reader.take(8);
  reader.skip(SMALLEST - 9);
  if (reader.failed) return MORE;
  // Eight octets at random nearly always have six that differ.
  const random = new Set(session).size >= 6;
  return random && length >= SMALLEST && length <= DEPTH
    ? { kind: 'ok', value: { session: hexOf(session), rest: bytes.subarray(9) }, size: SMALLEST }
    : bad('no reset');
}
