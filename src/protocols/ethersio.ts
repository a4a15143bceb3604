import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';
import { simplex } from './shared/simplex.ts';

const MAGIC = 'ESIO';
/** Process data, and the state of a station. */
const TRANSFER = 1;
const STATUS = 2;

/** The maker has published nothing of it; the sources are a dissector's field reference. */
export const ethersio = {
  id: 'ethersio',
  title: 'Saia Ether-S-I/O',
  ports: [{ port: 6060, over: 'udp' }],
  sources: ['https://www.wireshark.org/docs/dfref/e/esio.html'],
  depth: 10,
  fragile: true,
  recognise,
} as const satisfies Protocol;

/** A station that has nothing to report sends nothing back. */
function recognise(first: FirstBytes): Recognition {
  const asked = parseStart(first.client);
  const facts = () => [speaks('ethersio')];
  if (first.server.length === 0) return simplex(first, asked, facts);
  if (first.client.length === 0) return NO;
  const answered = parseStart(first.server);
  return pair(first, ethersio.depth, { asked, answered, facts });
}

/** Magic, type, a reserved 0, length of the whole. */
function parseStart(bytes: Uint8Array): Parsed<true> {
  if (begins(bytes, MAGIC) === 'no') return bad('no ESIO');
  const reader = new Reader(bytes);
  reader.skip(4);
  const type = reader.u16();
  const reserved = reader.u16();
  const length = reader.u16();
  if (reader.failed) return MORE;
  const valid = (type === TRANSFER || type === STATUS) && reserved === 0 && length >= 10;
  return valid ? { kind: 'ok', value: true, size: reader.offset } : bad('no telegram');
}
