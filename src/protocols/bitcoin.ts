import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const HEADER = 24;
const PAYLOAD_CAP = 0x2000000;
/** Starts of a message on the main network, on those for tests (3 and 4), and on a local one. */
const NETWORKS: readonly number[] = [0xf9beb4d9, 0x0b110907, 0x1c163f28, 0xfabfb5da];

/** What a device that computes for somebody else speaks; nobody has a question to it that is harmless. */
export const bitcoin = {
  id: 'bitcoin',
  title: 'Bitcoin',
  ports: [{ port: 8333, over: 'tcp' }],
  sources: ['https://developer.bitcoin.org/reference/p2p_networking.html (Message Headers)'],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, HEADER, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: (asked, answered) =>
      asked !== undefined && answered !== undefined && asked !== answered
        ? undefined
        : [speaks('bitcoin')],
  });
}

/** Network, a command filled up with NULs, length, checksum. */
function parseHeader(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const network = reader.u32();
  const command = reader.text(12);
  const length = reader.u32le();
  reader.skip(4);
  const possible = NETWORKS.some((one) => one >>> 24 === bytes[0]);
  if (bytes.length > 0 && !possible) return bad('no network');
  if (bytes.length >= 4 && !NETWORKS.includes(network)) return bad('no network');
  if (reader.failed) return MORE;
  const named = /^[a-z0-9]{2,12}$/.test(command.replaceAll('\0', ''));
  return named && length <= PAYLOAD_CAP
    ? { kind: 'ok', value: network, size: HEADER }
    : bad('no command');
}
