import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Marker of ones, length, type (RFC 4271 §4.1). */
const HEADER = 19;
const LENGTH_CAP = 4096;
/** Open, update, notification, keep-alive, route refresh (RFC 2918). */
const LAST_TYPE = 5;

/** There is no probe: a router counts whoever opens a session that nobody configured. */
export const bgp = {
  id: 'bgp',
  title: 'BGP',
  ports: [{ port: 179, over: 'tcp', iana: 'bgp' }],
  sources: ['RFC 4271 §4.1', 'RFC 2918', 'IANA service-names-port-numbers'],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, HEADER, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: () => [speaks('bgp', '4')],
  });
}

function parseHeader(bytes: Uint8Array): Parsed<true> {
  if (bytes.some((octet, index) => index < 16 && octet !== 0xff)) return bad('no marker');
  const reader = new Reader(bytes);
  reader.skip(16);
  const length = reader.u16();
  const type = reader.u8();
  if (reader.failed) return MORE;
  const fits = length >= HEADER && length <= LENGTH_CAP && type >= 1 && type <= LAST_TYPE;
  return fits ? { kind: 'ok', value: true, size: HEADER } : bad('no message');
}
