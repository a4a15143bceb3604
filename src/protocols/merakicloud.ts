import type { Parsed } from '../base/reader.ts';
import { bad, MORE, Reader } from '../base/reader.ts';
import type { FirstBytes, Protocol, Recognition } from './protocol.ts';
import { begins } from './shared/bytes.ts';
import { attribute, speaks } from './shared/facts.ts';
import { pair } from './shared/pair.ts';

const MAGIC = [0xfe, 0xf7, 0x28, 0x91];
const HEADER = 8;
const LENGTH_CAP = 2048;

/** The maker names the port and no format: the head was seen alike in all that goes there. */
export const merakicloud = {
  id: 'merakicloud',
  title: 'Cisco Meraki cloud',
  ports: [{ port: 7351, over: 'udp' }],
  sources: [
    'https://documentation.meraki.com (Upstream Firewall Rules for Cloud Connectivity)',
    'https://github.com/ntop/nDPI/tree/dev/tests/cfgs/default/pcap (merakicloud.pcapng)',
  ],
  depth: HEADER,
  recognise,
} as const satisfies Protocol;

function recognise(first: FirstBytes): Recognition {
  return pair(first, HEADER, {
    asked: parseHead(first.client),
    answered: parseHead(first.server),
    facts: () => [speaks('merakicloud'), attribute('vendor', 'Cisco Meraki')],
  });
}

/** The mark, two octets of version, length of the whole. */
function parseHead(bytes: Uint8Array): Parsed<true> {
  if (begins(bytes, MAGIC) === 'no') return bad('no mark');
  const reader = new Reader(bytes);
  reader.skip(6);
  const length = reader.u16();
  if (reader.failed) return MORE;
  return length > HEADER && length <= LENGTH_CAP
    ? { kind: 'ok', value: true, size: HEADER }
    : bad('no such length');
}
