import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Header of a control message with the first attribute's head. */
const HEADER = 12;
const DEPTH = 20;
/** Type, length and sequence present, version 2 (RFC 2661 §3.1). */
const CONTROL = 0xc802;
const CONTROL_MASK = 0xcb0f;

/** There is no probe: a request opens a tunnel. */
export const l2tp = {
  id: 'l2tp',
  title: 'L2TP',
  ports: [{ port: 1701, over: 'udp', iana: 'l2tp' }],
  sources: ['RFC 2661 §3.1, §4.1', 'IANA service-names-port-numbers'],
  depth: DEPTH,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, DEPTH, {
    asked: parseControl(first.client),
    answered: parseControl(first.server),
    facts: () => [speaks('l2tp', '2')],
  });
}

/** Flags, length, tunnel, session, two numbers; then nothing, or a mandatory message type (§4.4.1). */
function parseControl(bytes: Uint8Array): Parsed<true> {
  const reader = new Reader(bytes);
  const flags = reader.u16();
  const length = reader.u16();
  reader.skip(8);
  if (bytes.length >= 2 && (flags & CONTROL_MASK) !== CONTROL) return bad('no control message');
  if (bytes.length >= 4 && (length < HEADER || length > 4096)) return bad('no such length');
  if (reader.failed) return MORE;
  if (length === HEADER) return { kind: 'ok', value: true, size: HEADER };
  const attribute = reader.u16();
  const vendor = reader.u16();
  const type = reader.u16();
  if (reader.failed) return MORE;
  const fits = (attribute & 0x83ff) === 0x8008 && vendor === 0 && type === 0;
  return fits ? { kind: 'ok', value: true, size: HEADER } : bad('no message type');
}
