import { parseAddress } from '../../src/base/address.ts';
import type { PassiveCounters } from '../../src/flows/counters.ts';
import type { PassiveOptions } from '../../src/flows/engine.ts';
import { PassiveEngine } from '../../src/flows/engine.ts';
import type { NewEvidence } from '../../src/model/evidence.ts';
import type { Field, Flow } from '../../src/model/flow.ts';
import { protocols } from '../../src/protocols/index.ts';
import { decode } from '../../src/wire/decode.ts';
import { Packet } from '../../src/wire/packet.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const ACK = 0x10;

/** One packet, told by what matters to a test; the rest is as a device on the link sends it. */
export interface Said {
  /** Seconds. */
  readonly at?: number;
  /** `192.0.2.1:40000`, `[fe80::1]:5353`. */
  readonly from: string;
  readonly to: string;
  readonly udp?: string | Uint8Array;
  readonly tcp?: string | Uint8Array;
  readonly flags?: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly hops?: number;
  readonly macs?: readonly [from: string, to: string];
  /** Octets that were captured of the payload. */
  readonly captured?: number;
}

export interface Seen {
  readonly flows: readonly Flow[];
  readonly evidence: readonly NewEvidence[];
  readonly fields: readonly Field[];
  readonly counters: PassiveCounters;
}

/** Plays packets to an engine of its own. */
export function play(said: readonly Said[], options: Partial<PassiveOptions> = {}): Seen {
  const flows: Flow[] = [];
  const evidence: NewEvidence[] = [];
  const fields: Field[] = [];
  const engine = new PassiveEngine({
    protocols: protocols.all,
    observer: 'test',
    onFlow: (one) => flows.push(one),
    onEvidence: (one) => evidence.push(one),
    onField: (field) => fields.push(field),
    ...options,
  });
  for (const [index, one] of said.entries()) engine.packet(packetOf(one, index + 1));
  engine.end();
  return { flows, evidence, fields, counters: engine.counters };
}

export function packetOf(said: Said, frame: number): Packet {
  return packetFrom(frameOf(said), frame, said.at ?? frame / 1000, missing(said));
}

/** Of an Ethernet frame, of which so many octets at the end were not captured. */
export function packetFrom(bytes: Uint8Array, frame: number, at = 0, cut = 0): Packet {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  packet.length = bytes.length;
  packet.captured = bytes.length - cut;
  packet.frame = frame;
  packet.time = at * 1_000_000;
  decode(packet);
  return packet;
}

function missing(said: Said): number {
  const payload = bytesOf(said.tcp ?? said.udp ?? '');
  return said.captured === undefined ? 0 : payload.length - said.captured;
}

export function frameOf(said: Said): Uint8Array<ArrayBuffer> {
  const [from, to] = [endOf(said.from), endOf(said.to)];
  const isIpv6 = from.address.length === 16;
  const segment = said.udp === undefined ? tcpOf(said, from.port, to.port) : udpOf(said, from, to);
  const protocol = said.udp === undefined ? 6 : 17;
  const macs = said.macs ?? [macFor(from.address), macFor(to.address)];
  const link = [
    ...macs.toReversed().map(macBytes),
    Uint8Array.from(isIpv6 ? [0x86, 0xdd] : [8, 0]),
  ];
  const network = isIpv6
    ? ipv6Head(protocol, segment.length, said.hops ?? 64)
    : ipv4Head(protocol, segment.length, said.hops ?? 64);
  return Uint8Array.from(Buffer.concat([...link, network, from.address, to.address, segment]));
}

function tcpOf(said: Said, from: number, to: number): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(from, 0);
  head.writeUInt16BE(to, 2);
  head.writeUInt32BE((said.sequence ?? 1) >>> 0, 4);
  head.writeUInt32BE((said.acknowledgement ?? 0) >>> 0, 8);
  head[12] = 0x50;
  head[13] = said.flags ?? ACK;
  head.writeUInt16BE(0xffff, 14);
  return Buffer.concat([head, bytesOf(said.tcp ?? '')]);
}

interface End {
  readonly address: Uint8Array;
  readonly port: number;
}

function udpOf(said: Said, from: End, to: End): Buffer {
  const payload = bytesOf(said.udp ?? '');
  const head = Buffer.alloc(8);
  head.writeUInt16BE(from.port, 0);
  head.writeUInt16BE(to.port, 2);
  head.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([head, payload]);
}

function ipv4Head(protocol: number, length: number, hops: number): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x45;
  head.writeUInt16BE(20 + length, 2);
  head[8] = hops;
  head[9] = protocol;
  return head;
}

function ipv6Head(protocol: number, length: number, hops: number): Buffer {
  const head = Buffer.alloc(8);
  head[0] = 0x60;
  head.writeUInt16BE(length, 4);
  head[6] = protocol;
  head[7] = hops;
  return head;
}

export function endOf(text: string): End {
  const at = text.lastIndexOf(':');
  const address = parseAddress(text.slice(0, at).replace(/[[\]]/g, ''));
  if (address === undefined) throw new Error(`no address: ${text}`);
  const size = address.family === 4 ? 4 : 16;
  const digits = address.value.toString(16).padStart(size * 2, '0');
  return { address: Buffer.from(digits, 'hex'), port: Number(text.slice(at + 1)) };
}

/** Each address has a card of its own, of the end of its text. */
function macFor(address: Uint8Array): string {
  const tail = [...address.subarray(-4)].map((octet) => octet.toString(16).padStart(2, '0'));
  return ['02', '00', ...tail].join(':');
}

function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (part) => Number.parseInt(part, 16));
}

export function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}

/** The handshake of TCP; the first octet of each side has the number 1 after it. */
export function handshake(client: string, server: string, at = 0): readonly Said[] {
  return [
    { at, from: client, to: server, flags: SYN, sequence: 0 },
    { at, from: server, to: client, flags: SYN | ACK, sequence: 0, acknowledgement: 1 },
    { at, from: client, to: server, flags: ACK, sequence: 1, acknowledgement: 1 },
  ];
}

export function flow(seen: Seen, index = 0): Flow {
  const one = seen.flows[index];
  if (one === undefined) throw new Error('no such flow');
  return one;
}
