import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';
import { fills } from './shared/simplex.ts';

/** Bytes of the messages that make a session (whitepaper §5.4.2 to §5.4.4), by their type. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [1, 148],
  [2, 92],
  [3, 64],
]);
const INITIATION = 1;
const COOKIE = 3;
const DEPTH = 160;

/** It answers nobody who does not know its key: so there is nothing to probe. */
export const wireguard = {
  id: 'wireguard',
  title: 'WireGuard',
  ports: [{ port: 51_820, over: 'udp' }],
  sources: ['https://www.wireguard.com/papers/wireguard.pdf §5.4'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseMessage(first.client, true);
  if (isAnsweredHalf(first, asked)) return NO;
  return pair(first, DEPTH, {
    asked,
    answered: parseMessage(first.server, false),
    facts: (mine, theirs) =>
      mine && theirs && mine.sender !== theirs.receiver ? undefined : [speaks('wireguard', '1')],
  });
}

interface Message {
  readonly sender: number;
  readonly receiver: number;
}

/** Type, three octets of 0, index of the sender and, in an answer, of the receiver; a fixed size. */
function parseMessage(bytes: Uint8Array, asked: boolean): Parsed<Message> {
  const [type] = bytes;
  if (type === undefined) return MORE;
  const size = SIZES.get(type);
  const isOwn = asked === (type === INITIATION);
  if (size === undefined || !isOwn) return bad('no message of a handshake');
  const reader = new Reader(bytes.subarray(1));
  const reserved = reader.u24();
  const sender = reader.u32le();
  if (reserved !== 0 || (!reader.failed && sender === 0)) return bad('no header');
  const filled = fills(bytes, size, DEPTH);
  if (filled !== 'yes') return filled === 'more' ? MORE : bad('another size');
  // A cookie has the receiver where the others have the sender.
  const receiver = type === COOKIE ? sender : reader.u32le();
  return { kind: 'ok', value: { sender, receiver }, size };
}
