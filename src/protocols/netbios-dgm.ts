import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { simplex } from './shared/simplex.ts';

const PORT = 138;
/** Header, and the first octets of the name of whoever sends it. */
const HEADER = 14;
const DEPTH = HEADER + 33;
/** Unique, group and broadcast datagrams (RFC 1002 §4.4.1). */
const FIRST_TYPE = 0x10;
const LAST_TYPE = 0x12;
const NAME = 32;

/** By which Windows and Samba announce themselves to their neighbours; nobody answers. */
export const netbiosDgm = {
  id: 'netbios-dgm',
  title: 'NetBIOS datagram service',
  ports: [{ port: PORT, over: 'udp', iana: 'netbios-dgm' }],
  sources: ['RFC 1002 §4.4', 'IANA service-names-port-numbers'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return simplex(first, parseDatagram(first.client), () => [speaks('netbios-dgm')]);
}

/** Type, flags, number, address and port of the sender, length, offset; then his name. */
function parseDatagram(bytes: Uint8Array): Parsed<true> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const flags = reader.u8();
  reader.skip(8);
  const length = reader.u16();
  reader.skip(2);
  const size = reader.u8();
  const name = reader.take(NAME);
  if (bytes.length > 0 && (type < FIRST_TYPE || type > LAST_TYPE)) return bad('no such type');
  if (flags > 0x1f) return bad('no such flags');
  if (bytes.length > HEADER && (size !== NAME || length < 2 * NAME)) return bad('no names');
  if (reader.failed) return MORE;
  const encoded = name.every((octet) => octet >= 0x41 && octet <= 0x50);
  return encoded ? { kind: 'ok', value: true, size: DEPTH } : bad('no name');
}
