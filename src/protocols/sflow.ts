import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { simplex } from './shared/simplex.ts';

const DEPTH = 64;
/** Versions that agents send: 5, and the older 2 and 4. */
const VERSIONS = [2, 4, 5];
/** Octets of an agent's address by its type (IPv4, IPv6). */
const ADDRESS: readonly (number | undefined)[] = [undefined, 4, 16];
const SAMPLES_CAP = 256;
/** Formats of the standard samples: flow, counter, and both expanded. */
const LAST_FORMAT = 5;

/** Sampled by switches; nobody answers. */
export const sflow = {
  id: 'sflow',
  title: 'sFlow',
  ports: [{ port: 6343, over: 'udp', iana: 'sflow' }],
  sources: [
    'https://sflow.org/sflow_version_5.txt §5',
    'RFC 3176',
    'IANA service-names-port-numbers',
  ],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return simplex(first, parseDatagram(first.client), (version) => [
    speaks('sflow', String(version)),
  ]);
}

/** Version, the agent's address, its part (from 5 on), sequence, uptime, number of samples, a first one. */
function parseDatagram(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const version = reader.u32();
  const size = ADDRESS[reader.u32()];
  if (bytes.some((octet, index) => index < 3 && octet !== 0)) return bad('no version');
  if (reader.failed) return MORE;
  if (!VERSIONS.includes(version) || size === undefined) return bad('no agent');
  reader.skip(size + (version === 5 ? 4 : 0) + 8);
  const samples = reader.u32();
  const format = reader.u32();
  if (reader.failed) return MORE;
  // An enterprise has the upper 20 bits (§5.2); its own formats are not told from noise.
  const valid = samples > 0 && samples <= SAMPLES_CAP && format >= 1 && format <= LAST_FORMAT;
  return valid ? { kind: 'ok', value: version, size: reader.offset } : bad('no samples');
}
