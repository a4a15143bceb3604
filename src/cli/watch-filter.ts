import { readData } from '../io/data.ts';
import type { Filter } from '../wire/bpf/compile.ts';
import { readFilter } from '../wire/bpf/compile.ts';
import { runBpf } from '../wire/bpf/run.ts';

/**
 * The filter of the command line; ports may be called by the names that IANA registered.
 *
 * @throws PortolanError E_FILTER
 */
export function readWatchFilter(words: readonly string[]): Filter {
  let table: string | undefined;
  return readFilter(words.join(' '), (name) => {
    table ??= readData('iana');
    return portOfService(table, name);
  });
}

/** `port<TAB>transport<TAB>service…`, as tools/build.mjs packs the registry. */
function portOfService(table: string, name: string): number | undefined {
  const wanted = name.toLowerCase();
  const line = table.split('\n').find((one) => one.split('\t')[2] === wanted);
  const port = Number(line?.split('\t')[0]);
  return Number.isInteger(port) ? port : undefined;
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
