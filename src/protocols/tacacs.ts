import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { NO } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { isAnsweredHalf, pair } from './shared/pair.ts';

const HEADER = 12;
const LENGTH_CAP = 0x10000;
/** Authentication, authorisation, accounting (RFC 8907 §4.1). */
const LAST_TYPE = 3;
/** Unencrypted, single connection. */
const FLAGS = 0x05;

/** There is no probe: without the shared key every request is a wrong one. */
export const tacacs = {
  id: 'tacacs',
  title: 'TACACS+',
  ports: [{ port: 49, over: 'tcp', iana: 'tacacs' }],
  sources: ['RFC 8907 §4.1', 'IANA service-names-port-numbers'],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  const asked = parseHeader(first.client, 1);
  if (isAnsweredHalf(first, asked)) return NO;
  return pair(first, HEADER, {
    asked,
    answered: parseHeader(first.server, 2),
    facts: (mine, theirs) =>
      mine !== undefined && theirs !== undefined && mine !== theirs
        ? undefined
        : [speaks('tacacs')],
  });
}

/** Version 12.0 or 12.1, type, number in the session (odd from the client), flags, session, length. */
function parseHeader(bytes: Uint8Array, sequence: number): Parsed<number> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const type = reader.u8();
  const number = reader.u8();
  const flags = reader.u8();
  const session = reader.u32();
  const length = reader.u32();
  if (bytes.length > 0 && version !== 0xc0 && version !== 0xc1) return bad('another version');
  if (bytes.length > 1 && (type === 0 || type > LAST_TYPE)) return bad('no such type');
  if (bytes.length > 2 && number !== sequence) return bad('not the first of this side');
  if (reader.failed) return MORE;
  const fits = (flags & ~FLAGS) === 0 && length >= 5 && length <= LENGTH_CAP && session !== 0;
  return fits ? { kind: 'ok', value: session, size: HEADER } : bad('no header');
}
