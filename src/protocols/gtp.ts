import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';
import { fills } from './shared/simplex.ts';

const DEPTH = 1460;
/**
 * Echo, contexts, sessions, and user data (3GPP TS 29.060 §7.1, TS 29.281 §6, TS 29.274 §6.1); and
 * bytes that the length does not count: flags, type, itself, in version 1 the tunnel too.
 */
const ONE = {
  number: 1,
  types: [1, 2, 3, 16, 17, 18, 19, 20, 21, 26, 31, 254, 255],
  uncounted: 8,
};
const TWO = {
  number: 2,
  types: [1, 2, 3, 32, 33, 34, 35, 36, 37, 64, 65, 95, 96, 97, 98, 170, 171],
  uncounted: 4,
};

/** Tunnels of mobile networks: cellular gateways and what stands behind them. */
export const gtp = {
  id: 'gtp',
  title: 'GTP (mobile networks)',
  ports: [
    { port: 2152, over: 'udp', iana: 'gtp-user' },
    { port: 2123, over: 'udp', iana: 'gtp-control' },
  ],
  sources: [
    '3GPP TS 29.060 §6, §7.1',
    '3GPP TS 29.281 §5.1, §6',
    '3GPP TS 29.274 §5.1, §6.1',
    'IANA service-names-port-numbers',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client);
  if (isAnsweredHalf(first, asked)) return NO;
  return pair(first, DEPTH, {
    asked,
    answered: parseHeader(first.server),
    facts: (mine, theirs) =>
      mine && theirs && mine !== theirs ? undefined : [speaks('gtp', String(mine ?? theirs))],
  });
}

/** Version with flags, type, length of what follows, which is exactly the datagram. */
function parseHeader(bytes: Uint8Array): Parsed<number> {
  const [flags, type] = bytes;
  if (flags === undefined) return MORE;
  const version = versionOf(flags);
  if (version === undefined) return bad('another version');
  if (type === undefined) return MORE;
  if (!version.types.includes(type)) return bad('no such message');
  const reader = new Reader(bytes.subarray(2));
  const length = reader.u16();
  if (reader.failed) return MORE;
  const filled = fills(bytes, length + version.uncounted, DEPTH);
  if (filled !== 'yes') return filled === 'more' ? MORE : bad('another size');
  const size = version.uncounted;
  return length < 4 ? bad('too short') : { kind: 'ok', value: version.number, size };
}

/** Version 1 has a bit of its own, and one that is spare; version 2 has three that are. */
function versionOf(flags: number): typeof ONE | typeof TWO | undefined {
  if (flags >> 5 === ONE.number) return (flags & 0x18) === 0x10 ? ONE : undefined;
  return flags >> 5 === TWO.number && (flags & 0x07) === 0 ? TWO : undefined;
}
