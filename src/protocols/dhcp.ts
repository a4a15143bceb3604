import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import { dhcpFields } from './fields/dhcp.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

/** Bytes before the options: the fields of BOOTP, and the cookie (RFC 2131 §2, §3). */
const FIXED = 240;
const COOKIE = 0x63825363;
const BOOTREQUEST = 1;
const BOOTREPLY = 2;

/** There is no probe: an offer that is asked for takes an address out of the pool. */
export const dhcp = {
  id: 'dhcp',
  title: 'DHCP',
  ports: [{ port: 67, over: 'udp', iana: 'bootps' }],
  sources: ['RFC 2131 §2', 'RFC 2132 §2', 'RFC 951'],
  depth: FIXED,
  recognise,
  fields: dhcpFields,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, FIXED, {
    asked: parseDhcp(first.client, BOOTREQUEST),
    answered: parseDhcp(first.server, BOOTREPLY),
    facts: (asked, answered) =>
      asked && answered && asked.transaction !== answered.transaction
        ? undefined
        : [speaks('dhcp', '4')],
  });
}

function parseDhcp(bytes: Uint8Array, operation: number): Parsed<{ transaction: number }> {
  const reader = new Reader(bytes);
  const type = reader.u8();
  const hardware = reader.u8();
  const size = reader.u8();
  const hops = reader.u8();
  const transaction = reader.u32();
  reader.skip(FIXED - 12);
  const cookie = reader.u32();
  if (bytes.length > 0 && type !== operation) return bad('another direction');
  if (bytes.length >= 4 && (hardware === 0 || size > 16 || hops > 16)) return bad('no BOOTP');
  if (reader.failed) return MORE;
  return cookie === COOKIE
    ? { kind: 'ok', value: { transaction }, size: FIXED }
    : bad('no cookie of DHCP');
}
