import { closeSync, openSync, writeSync } from 'node:fs';
import { parseAddress } from '../../base/address.ts';
import { PortolanError } from '../../base/errors.ts';
import type { Transport } from '../../model/core.ts';
import { decode } from '../../wire/decode.ts';
import type { Packet } from '../../wire/packet.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '../../wire/write-pcapng.ts';
import { readCapture } from './open.ts';

/** Whose frames are wanted: of one of the addresses or MACs, and of the port where one is given. */
export interface SliceSubject {
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  readonly transport?: Transport;
  readonly port?: number;
  /** Address of the other end, where only what goes between the two is wanted. */
  readonly peer?: string;
}

export interface SliceOptions {
  readonly from: readonly string[];
  /** A file, which is replaced, or a pipe with a name. */
  readonly output: string;
  readonly subject: SliceSubject;
  /** On each packet, and on the whole. */
  readonly comment: string;
  /** What writes it, with its version. */
  readonly application: string;
  /** Packets after which it ends. */
  readonly most: number;
  readonly signal: AbortSignal;
  /** A further condition on the frame, decoded or not. */
  takes?(packet: Packet): boolean;
}

export interface Slice {
  readonly packets: number;
  /** There are more, which were left out. */
  readonly isCut: boolean;
}

const PROTOCOLS: Readonly<Record<Transport, number>> = { tcp: 6, udp: 17 };

/**
 * Copies what speaks for a statement out of captures into one of its own (pcapng), each packet with a
 * comment. Frames are copied as they are.
 *
 * @throws PortolanError E_OUTPUT, E_INPUT_UNREADABLE
 */
export async function writeSlice(options: SliceOptions): Promise<Slice> {
  const output = open(options.output);
  try {
    return await copy(options, (bytes) => writeAll(output, bytes, options.output));
  } finally {
    closeSync(output);
  }
}

async function copy(options: SliceOptions, write: (bytes: Uint8Array) => void): Promise<Slice> {
  const { application, comment, most } = options;
  const interfaces = new Interfaces(write);
  let packets = 0;
  write(sectionBlock({ application, comment }));
  const isCut = await select(options, (packet, file) => {
    if (packets === most) return false;
    packets += 1;
    write(block(packet, interfaces.numberOf(file, packet), comment));
    return true;
  });
  return { packets, isCut };
}

/** Whether there is a packet that a slice would have. @throws PortolanError E_INPUT_UNREADABLE */
export function holdsAny(options: Selection): Promise<boolean> {
  return select(options, () => false);
}

type Selection = Pick<SliceOptions, 'from' | 'subject' | 'signal' | 'takes'>;

/**
 * @param take says whether it takes more
 * @returns whether it said no
 */
async function select(
  { from, subject, signal, takes }: Selection,
  take: (packet: Packet, file: string) => boolean,
): Promise<boolean> {
  const matches = matcher(subject);
  const enough = new AbortController();
  for (const file of from) {
    if (signal.aborted || enough.signal.aborted) break;
    await readCapture(file, {
      signal: AbortSignal.any([signal, enough.signal]),
      onPacket: (packet) => {
        // What was read with it comes all the same.
        if (enough.signal.aborted) return;
        decode(packet);
        if (!matches(packet) || takes?.(packet) === false) return;
        if (!take(packet, file)) enough.abort();
      },
    });
  }
  return enough.signal.aborted;
}

function block(packet: Packet, number: number, comment: string): Uint8Array {
  const { bytes, offset, captured, length, time } = packet;
  return packetBlock({
    interface: number,
    time,
    digits: 9,
    bytes: bytes.subarray(offset, offset + captured),
    length,
    comment,
  });
}

/** An interface of the slice for each interface of each capture, in the order in which they come. */
class Interfaces {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #numbers = new Map<string, number>();

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  numberOf(file: string, packet: Packet): number {
    const key = `${packet.interface} ${packet.linkType} ${file}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    this.#write(interfaceBlock({ linkType: packet.linkType, digits: 9 }));
    return number;
  }
}

/** A packet is compared octet by octet: no text is made for those that are not wanted. */
function matcher(subject: SliceSubject): (packet: Packet) => boolean {
  const { addresses, macs, transport, port, peer } = subject;
  const wanted = byFamily(addresses);
  const others = peer === undefined ? undefined : byFamily([peer]);
  const hardware = macs.map((mac) => octets(BigInt(`0x${mac.replaceAll(':', '')}`), 6));
  const protocol = transport === undefined ? undefined : PROTOCOLS[transport];
  return (packet) => {
    const family = packet.family === 4 || packet.family === 6 ? packet.family : 0;
    return (
      isAt(packet, protocol, port) &&
      // What is no IP, as ARP, says who the two are.
      (others === undefined ||
        family === 0 ||
        isOneOf(packet, others[family], packet.source, packet.destination)) &&
      (isOneOf(packet, wanted[family], packet.source, packet.destination) ||
        isOneOf(packet, hardware, packet.sourceMac, packet.destinationMac))
    );
  };
}

function isAt(packet: Packet, protocol: number | undefined, port: number | undefined): boolean {
  if (protocol !== undefined && packet.protocol !== protocol) return false;
  return port === undefined || packet.sourcePort === port || packet.destinationPort === port;
}

function byFamily(addresses: readonly string[]): Readonly<Record<0 | 4 | 6, Uint8Array[]>> {
  const parsed = addresses.flatMap((text) => parseAddress(text.replace(/%.*$/, '')) ?? []);
  return {
    4: parsed.filter(({ family }) => family === 4).map(({ value }) => octets(value, 4)),
    6: parsed.filter(({ family }) => family === 6).map(({ value }) => octets(value, 16)),
    0: [],
  };
}

function isOneOf(
  { bytes }: Packet,
  wanted: readonly Uint8Array[],
  source: number,
  destination: number,
): boolean {
  return wanted.some((one) =>
    [source, destination].some(
      (at) => at >= 0 && one.every((octet, index) => bytes[at + index] === octet),
    ),
  );
}

function octets(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) =>
    Number((value >> BigInt((count - 1 - index) * 8)) & 0xffn),
  );
}

function open(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function writeAll(fd: number, bytes: Uint8Array, path: string): void {
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): PortolanError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PortolanError('E_OUTPUT', `${path} cannot be written: ${why}`, {
    remedy: 'Choose another place: -o FILE.pcapng',
    cause,
  });
}
