import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { formatAddress } from '../../src/base/address.ts';
import { decode } from '../../src/wire/decode.ts';
import type { Packet } from '../../src/wire/packet.ts';
import { readBytes } from './captures.ts';

const FIELDS = ['frame.number', 'eth.src', 'eth.dst', 'ip.src', 'ip.dst', 'ipv6.src', 'ipv6.dst']
  .concat(['ip.proto', 'tcp.srcport', 'tcp.dstport', 'udp.srcport', 'udp.dstport', 'tcp.len'])
  .concat(['udp.length', 'sctp.srcport', 'sctp.dstport', 'frame.protocols', 'sll.src.eth'])
  .concat(['wlan.sa', 'wlan.da', 'icmp.type', 'icmpv6.type']);

/** Reassembly is switched off, so that each frame stands for itself as it does with us. */
const AS_WE_READ = ['-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE'].concat([
  '-o',
  'tcp.desegment_tcp_streams:FALSE',
]);

export type Row = ReadonlyMap<string, readonly string[]>;

/** All values of each field, one row a frame. */
export function tsharkRows(file: string): Row[] {
  const args = ['-n', '-r', file, ...AS_WE_READ, '-T', 'fields', '-E', 'separator=/t'];
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const text = execFileSync('tshark', [...args, ...fields], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const values = line.split('\t').map((value) => (value === '' ? [] : value.split(',')));
      return new Map(FIELDS.map((field, index) => [field, values[index] ?? []]));
    });
}

export function address(packet: Packet, at: number): string {
  if (packet.family === 0) return '';
  const size = packet.family === 4 ? 4 : 16;
  let value = 0n;
  for (const octet of packet.bytes.subarray(at, at + size)) value = value * 256n + BigInt(octet);
  return formatAddress({ family: packet.family === 4 ? 4 : 6, value });
}

export function mac(packet: Packet, at: number): string {
  if (at < 0) return '';
  return Buffer.from(packet.bytes.subarray(at, at + 6))
    .toString('hex')
    .replaceAll(/(..)(?!$)/g, '$1:');
}

/**
 * Where tshark sees another address, port, protocol or length than we do, as sentences. It lists
 * every layer of a tunnel, so ours must be among its values.
 */
export function disagreements(file: string): string[] {
  const rows = tsharkRows(file);
  const result: string[] = [];
  let frames = 0;
  readBytes(readFileSync(file), (packet) => {
    decode(packet);
    const row = rows[frames];
    frames += 1;
    if (row !== undefined) result.push(...differences(packet, row));
  });
  if (frames !== rows.length) result.push(`${frames} frames, and tshark has ${rows.length}`);
  return result;
}

function differences(packet: Packet, row: Row): string[] {
  const values = (...fields: string[]): string[] => fields.flatMap((field) => row.get(field) ?? []);
  const isError = values('icmp.type', 'icmpv6.type').length > 0;
  const pairs: [string, string, string[]][] = [
    ['source', address(packet, packet.source), values('ip.src', 'ipv6.src')],
    ['destination', address(packet, packet.destination), values('ip.dst', 'ipv6.dst')],
    ['MAC', mac(packet, packet.sourceMac), values('eth.src', 'sll.src.eth', 'wlan.sa')],
    ...(isError ? icmp(packet, values('icmp.type', 'icmpv6.type')) : transport(packet, values)),
  ];
  return pairs
    .filter(([, ours, theirs]) => (ours === '' ? theirs.length > 0 : !theirs.includes(ours)))
    .map(([what, ours, theirs]) => `frame ${packet.frame}: ${what} ${ours}, not ${theirs.join()}`);
}

type Pairs = [string, string, string[]][];

/** The datagram that an ICMP error quotes is not ours to follow, so ports are not compared. */
function icmp(packet: Packet, types: string[]): Pairs {
  return [['ICMP type', String(packet.sourcePort), types]];
}

function transport(packet: Packet, values: (...fields: string[]) => string[]): Pairs {
  const ports = (name: string): Pairs => [
    [`${name} source port`, String(packet.sourcePort), values(`${name}.srcport`)],
    [`${name} destination port`, String(packet.destinationPort), values(`${name}.dstport`)],
  ];
  if (packet.isFragment) return [];
  switch (packet.protocol) {
    case 6:
      return [...ports('tcp'), ['TCP payload', String(packet.payloadLength), values('tcp.len')]];
    case 17: {
      const length = String(packet.payloadLength + 8);
      return [...ports('udp'), ['UDP length', length, values('udp.length')]];
    }
    case 132:
      return ports('sctp');
    default:
      return [['no transport', '', values('tcp.srcport', 'udp.srcport')]];
  }
}
