import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const HEADER = 20;
const DEPTH = 128;
/**
 * Access, accounting, status, and what a server asks of its client: to disconnect, to change (RFC 2865
 * §3, RFC 2866 §3, RFC 5997 §3, RFC 5176 §3).
 */
const REQUESTS = [1, 4, 12, 40, 43];
const ANSWERS = [2, 3, 5, 11, 41, 42, 44, 45];

/** There is no probe: a request without the shared secret is nothing but a wrong login. */
export const radius = {
  id: 'radius',
  title: 'RADIUS',
  ports: [
    { port: 1812, over: 'udp', iana: 'radius' },
    { port: 1813, over: 'udp', iana: 'radius-acct' },
    { port: 3799, over: 'udp', iana: 'radius-dynauth' },
  ],
  sources: ['RFC 2865 §3, §5', 'RFC 2866 §3', 'RFC 5997', 'RFC 5176 §3'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parsePacket(first.client, REQUESTS),
    answered: parsePacket(first.server, ANSWERS),
    facts: (asked, answered) =>
      asked === undefined || (answered !== undefined && asked.id !== answered.id)
        ? undefined
        : [speaks('radius')],
  });
}

/** Code, identifier, length, authenticator, then attributes that must fill the packet exactly. */
function parsePacket(bytes: Uint8Array, codes: readonly number[]): Parsed<{ id: number }> {
  const reader = new Reader(bytes);
  const code = reader.u8();
  const id = reader.u8();
  const length = reader.u16();
  const authenticator = reader.take(16);
  if (bytes.length > 0 && !codes.includes(code)) return bad('no such code');
  if (bytes.length >= 4 && (length < HEADER || length > 4096)) return bad('no such length');
  if (reader.failed) return MORE;
  if (new Set(authenticator).size < 4) return bad('the authenticator is not random');
  const wanted = Math.min(length, DEPTH);
  if (bytes.length < wanted) return MORE;
  return areAttributes(bytes.subarray(HEADER, wanted), length - HEADER)
    ? { kind: 'ok', value: { id }, size: length }
    : bad('the attributes do not fit');
}

/** Type, length, value; `length` is the size of all of them, of which `bytes` is the start. */
function areAttributes(bytes: Uint8Array, length: number): boolean {
  let at = 0;
  while (at < bytes.length) {
    const size = bytes[at + 1] ?? 2;
    if (bytes[at] === 0 || size < 2 || at + size > length) return false;
    at += size;
  }
  return true;
}
