import { readFileSync } from 'node:fs';
import { readData } from '../io/data.ts';
import type { Filter } from '../wire/bpf/compile.ts';
import { readFilter } from '../wire/bpf/compile.ts';
import { runBpf } from '../wire/bpf/run.ts';

/**
 * The filter of the command line; ports may be called by their names.
 *
 * @throws PortolanError E_FILTER
 */
export function readWatchFilter(words: readonly string[]): Filter {
  return readFilter(words.join(' '), portOfService);
}

/** By the machine's own list, as tcpdump does; where that lacks it, by IANA's. */
function portOfService(name: string): number | undefined {
  const wanted = name.toLowerCase();
  return fromServices(wanted) ?? fromRegistry(wanted);
}

/** services(5): `http-alt  8080/tcp  webcache  # comment`. */
function fromServices(wanted: string): number | undefined {
  let text = '';
  try {
    text = readFileSync('/etc/services', 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split('\n')) {
    const [name, place = '', ...others] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (name === wanted || others.includes(wanted)) return portIn(place.split('/')[0]);
  }
  return undefined;
}

/** `port<TAB>transport<TAB>service…`, as tools/build.mjs packs it; of several the highest. */
function fromRegistry(wanted: string): number | undefined {
  const lines = readData('iana').split('\n');
  return portIn(lines.findLast((line) => line.split('\t')[2] === wanted)?.split('\t')[0]);
}

function portIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

const BROADCAST = 'ffffffffffff020000000001';
/** IPv4 from 192.0.2.1 to 192.0.2.255 with UDP and 8 octets of payload. */
const datagram = (ports: string): string =>
  `${BROADCAST}08004500002400000000401100${'00'}c0000201c00002ff${ports}001000000000000000000000`;

/** What devices say of themselves to everybody, one frame of each. */
const TELLING = [
  `${BROADCAST}08060001080006040001020000000001c0000201000000000000c0000202`, // ARP
  datagram('c0000035'), // DNS
  datagram('00440043'), // DHCP
  datagram('14e914e9'), // mDNS
].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));

/** Whether the filter hides everything by which devices make themselves known. */
export function hidesNames(filter: Filter): boolean {
  if (filter.text.trim() === '') return false;
  const program = filter.compile(1);
  return TELLING.every((bytes) => {
    const frame = { bytes, offset: 0, captured: bytes.length, length: bytes.length };
    return runBpf(program, frame) === 0;
  });
}
