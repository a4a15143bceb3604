import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const HEADER = 12;
const MAGIC = 0x1a2b3c4d;
const CONTROL = 1;
/** Control messages, of which the odd ones up to 13 ask and the even ones answer (RFC 2637 §1.4). */
const LAST_MESSAGE = 15;

/** A tunnel that was broken long ago; there is no probe, since a question opens a session. */
export const pptp = {
  id: 'pptp',
  title: 'PPTP',
  ports: [{ port: 1723, over: 'tcp', iana: 'pptp' }],
  sources: ['RFC 2637 §1.4, §2', 'IANA service-names-port-numbers'],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, HEADER, {
    asked: parseHeader(first.client),
    answered: parseHeader(first.server),
    facts: () => [speaks('pptp')],
  });
}

/** Length, kind, the magic, control message, reserved 0. */
function parseHeader(bytes: Uint8Array): Parsed<number> {
  const reader = new Reader(bytes);
  const length = reader.u16();
  const kind = reader.u16();
  const magic = reader.u32();
  const message = reader.u16();
  const reserved = reader.u16();
  if (bytes.length >= 4 && (kind !== CONTROL || length < HEADER || length > 512)) {
    return bad('no control message');
  }
  if (bytes.length >= 8 && magic !== MAGIC) return bad('no magic');
  if (reader.failed) return MORE;
  const known = message >= 1 && message <= LAST_MESSAGE && reserved === 0;
  return known ? { kind: 'ok', value: message, size: HEADER } : bad('no such message');
}
