import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks, undecided } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';
import { isReadable, readCString } from './shared/text.ts';

const DEPTH = 320;
const VERSION = 4;
/** CONNECT and BIND; granted, refused, and refused for want of a name (two). */
const LAST_COMMAND = 2;
const GRANTED = 0x5a;
const LAST_ANSWER = 0x5d;
const NAME_CAP = 255;

/** There is no probe: each request has the proxy call somebody. */
export const socks4 = {
  id: 'socks4',
  title: 'SOCKS 4',
  ports: [{ port: 1080, over: 'tcp', iana: 'socks' }],
  sources: [
    'https://www.openssh.com/txt/socks4.protocol',
    'https://www.openssh.com/txt/socks4a.protocol',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

/** A few octets of a question are weak: the answer must follow. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseRequest(first.client);
  if (isAnsweredHalf(first, asked)) return NO;
  if (asked.kind === 'ok' && first.server.length === 0) return undecided(first, DEPTH);
  return pair(first, DEPTH, {
    asked,
    answered: parseReply(first.server),
    facts: (mine, theirs) => (mine && theirs ? [speaks('socks4')] : undefined),
  });
}

/** Version, command, port, address, user up to a NUL; after an address of 0.0.0.x a name. */
function parseRequest(bytes: Uint8Array): Parsed<true> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const command = reader.u8();
  const port = reader.u16();
  const address = reader.u32();
  if (bytes.length > 0 && version !== VERSION) return bad('another version');
  if (bytes.length > 1 && (command === 0 || command > LAST_COMMAND)) return bad('no such command');
  if (reader.failed) return MORE;
  return port === 0 || address === 0 ? bad('no destination') : parseTexts(reader.rest(), address);
}

function parseTexts(bytes: Uint8Array, address: number): Parsed<true> {
  if (bytes.indexOf(0) === -1) return bytes.length < NAME_CAP ? MORE : bad('the user does not end');
  const reader = new Reader(bytes);
  const user = readCString(reader, NAME_CAP);
  const name = address < 256 ? readCString(reader, NAME_CAP) : '';
  return isReadable(user) && isReadable(name)
    ? { kind: 'ok', value: true, size: bytes.length }
    : bad('no user');
}

/** 0, an answer, port and address. */
function parseReply(bytes: Uint8Array): Parsed<true> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const answer = reader.u8();
  reader.skip(6);
  if (version !== 0) return bad('another version');
  if (bytes.length > 1 && (answer < GRANTED || answer > LAST_ANSWER)) return bad('no such answer');
  return reader.failed ? MORE : { kind: 'ok', value: true, size: reader.offset };
}
