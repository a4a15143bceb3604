import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { simplex } from './shared/simplex.ts';

/** Bytes of the common header (protocol.txt, "UFTP header"). */
const HEADER = 16;
const DEPTH = 18;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x40, '4'],
  [0x50, '5'],
]);
/** ANNOUNCE (1) to the last of the messages; ENCRYPTED is 11 and has a head of its own. */
const LAST_FUNCTION = 0x7f;
const ENCRYPTED = 11;

/** A sender to many: it is answered on other flows, if at all. */
export const uftp = {
  id: 'uftp',
  title: 'UFTP (file transfer by multicast)',
  ports: [{ port: 1044, over: 'udp' }],
  sources: ['https://uftp-multicast.sourceforge.net/protocol.txt'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client);
  const facts = (version: string | undefined) => [speaks('uftp', version)];
  if (first.server.length === 0) return simplex(first, asked, facts);
  if (first.client.length === 0) return NO;
  return pair(first, DEPTH, {
    asked,
    answered: parseHeader(first.server),
    facts: (mine, theirs) => (mine === theirs ? facts(mine) : undefined),
  });
}

/**
 * Version, function, sequence, source, group, instance, round-trip time, size of the group, reserved
 * 0; then the function again and the length of its head in words of four octets.
 */
function parseHeader(bytes: Uint8Array): Parsed<string> {
  const reader = new Reader(bytes);
  const version = VERSIONS.get(reader.u8());
  const kind = reader.u8();
  reader.skip(2);
  const source = reader.u32();
  const group = reader.u32();
  reader.skip(3);
  const reserved = reader.u8();
  const again = reader.u8();
  const words = reader.u8();
  if (bytes.length > 0 && version === undefined) return bad('another version');
  if (bytes.length > 1 && (kind === 0 || kind > LAST_FUNCTION)) return bad('no such function');
  if (reader.failed) return MORE;
  if (source === 0 || group === 0 || reserved !== 0 || kind === ENCRYPTED) return bad('no header');
  return again === kind && words > 0 && version !== undefined
    ? { kind: 'ok', value: version, size: HEADER }
    : bad('the function is not repeated');
}
