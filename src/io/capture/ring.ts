import { PortolanError } from '../../base/errors.ts';
import type { Instruction } from '../../wire/bpf/instruction.ts';
import { Packet } from '../../wire/packet.ts';
import type { Libc } from './libc.ts';

/*
 * The kernel's ring of received packets: packet(7), linux/if_packet.h, and
 * Documentation/networking/packet_mmap.rst. The kernel writes whole blocks of packets into memory
 * that it shares with us, and is given each block back when it was read: no copy, and no system call
 * a packet. All numbers are in the machine's byte order, little-endian on every processor for which
 * there is a binary.
 */

export interface RingOptions {
  /** Name of an interface, or `any` for all together. */
  readonly interface: string;
  /** Compiled for the link that the ring turns out to have; empty for none. */
  filter(linkType: RingLink): readonly Instruction[];
  readonly promiscuous: boolean;
  readonly direction: 'both' | 'in' | 'out';
  /** Octets of the ring; a multiple of `BLOCK`. */
  readonly size?: number;
}

export interface RingCounters {
  /** That passed the filter, and of these those for which the ring had no room. */
  readonly received: number;
  readonly dropped: number;
}

/** Octets of a block, and blocks: 32 MiB hold a second of traffic at 250 Mbit/s. */
export const BLOCK = 1 << 20;
const BLOCKS = 32;
/** Milliseconds after which the kernel hands over a block that is not full. */
const RETIRE = 20;

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_DGRAM = 2;
/** htons(ETH_P_ALL) */
const ALL_PROTOCOLS = 0x0300;
const SOL_PACKET = 263;
const ADD_MEMBERSHIP = 1;
const RX_RING = 5;
const STATISTICS = 6;
const VERSION = 10;
const IGNORE_OUTGOING = 23;
const TPACKET_V3 = 2;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
/** poll(2) */
const POLLERR = 8;
/** linux/sockios.h, linux/if_arp.h, linux/if.h */
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFHWADDR = 0x8927;
const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;
const IFF_UP = 1;

/** Block header: status, packets, offset of the first; octets. */
const STATUS = 8;
const COUNT = 12;
const FIRST = 16;
const OF_USER = 1;
/** Packet header (`struct tpacket3_hdr`). */
const NEXT = 0;
const SECONDS = 4;
const NANOSECONDS = 8;
const CAPTURED = 12;
const LENGTH = 16;
const FLAGS = 20;
const FRAME = 24;
const TAG = 32;
const TAG_TYPE = 36;
const HAS_TAG = 0x10;
const HAS_TAG_TYPE = 0x40;
/** `struct sockaddr_ll` behind it. */
const LINK = 48;
const LINK_PROTOCOL = LINK + 2;
const LINK_INTERFACE = LINK + 4;
const LINK_HARDWARE = LINK + 8;
const LINK_KIND = LINK + 10;
const LINK_ADDRESS_LENGTH = LINK + 11;
const LINK_ADDRESS = LINK + 12;
const OUTGOING = 4;
/*
 * In front of each frame the kernel leaves room (tpacket_rcv: the frame's network header is aligned
 * after 68 octets of headers and at least 16 for the link's): 14 octets before an Ethernet frame, where
 * a VLAN tag takes 4; 28 before a "cooked" one, where header and tag take 20. More (PACKET_RESERVE)
 * would put a frame's first octets one cache line further, which costs a quarter of all.
 */

const EPERM = 1;
const EACCES = 13;

/** What a ring delivers: Ethernet frames, or "cooked" ones (LINUX_SLL) where links are mixed. */
export type RingLink = 1 | 113;

/**
 * Packets as they pass an interface. `read` waits, then gives each packet to the callback; the packet
 * and its memory are good until that returns.
 */
export class Ring {
  readonly linkType: RingLink;
  readonly #libc: Libc;
  readonly #options: RingOptions;
  readonly #fd: number;
  readonly #loopback: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #status: Int32Array;
  readonly #blocks: number;
  readonly #packet = new Packet();
  #block = 0;
  #frame = 0;
  #received = 0;
  #dropped = 0;

  /** @throws PortolanError E_NO_PERMISSION, E_NETWORK */
  constructor(libc: Libc, options: RingOptions) {
    this.#libc = libc;
    this.#options = options;
    this.linkType = linkTypeOf(libc, options.interface);
    this.#loopback = libc.interfaceIndex('lo');
    const size = options.size ?? BLOCK * BLOCKS;
    this.#blocks = size / BLOCK;
    this.#fd = libc.socket(AF_PACKET, this.linkType === 1 ? SOCK_RAW : SOCK_DGRAM, 0);
    if (this.#fd < 0) throw refused(libc, options.interface);
    const memory = this.#setUp(size);
    this.#bytes = new Uint8Array(memory);
    this.#view = new DataView(memory);
    this.#status = new Int32Array(memory);
    this.#packet.bytes = this.#bytes;
    this.#packet.view = this.#view;
    this.#packet.linkType = this.linkType;
  }

  /**
   * Gives every packet that there is to `onPacket`; where there is none it waits for at most so many
   * milliseconds. It stops early where `onPacket` returns false.
   *
   * @throws PortolanError E_NETWORK where the interface is gone or down
   */
  read(milliseconds: number, onPacket: (packet: Packet) => boolean): void {
    if (!this.#isReady()) {
      const { revents } = this.#libc.poll(this.#fd, milliseconds);
      if ((revents & POLLERR) !== 0) this.#checkInterface();
    }
    // No more than once round, so that a flood does not keep the caller from its other work.
    for (let count = 0; count < this.#blocks && this.#isReady(); count += 1) {
      if (!this.#readBlock(onPacket)) return;
    }
  }

  get counters(): RingCounters {
    const value = new Uint8Array(12);
    if (this.#libc.getOption(this.#fd, SOL_PACKET, STATISTICS, value) === 0) {
      // The kernel starts again from 0 with each look.
      const view = new DataView(value.buffer);
      this.#received += view.getUint32(0, true);
      this.#dropped += view.getUint32(4, true);
    }
    return { received: this.#received, dropped: this.#dropped };
  }

  /** The memory stays mapped until the process ends: nobody can read what is no more. */
  close(): void {
    this.#libc.close(this.#fd);
  }

  /** Nothing is received before `bind`, so no packet slips past the filter. */
  #setUp(size: number): ArrayBuffer {
    const { interface: name, promiscuous, direction } = this.#options;
    const filter = this.#options.filter(this.linkType);
    const set = (option: number, ...words: readonly number[]): void => {
      const value = new Uint8Array(new Uint32Array(words).buffer);
      this.#check(this.#libc.setOption(this.#fd, SOL_PACKET, option, value), 'set up');
    };
    set(VERSION, TPACKET_V3);
    if (direction === 'in' || name === 'lo') set(IGNORE_OUTGOING, 1);
    if (filter.length > 0) this.#check(this.#attach(filter), 'filter');
    set(RX_RING, BLOCK, size / BLOCK, 2048, size / 2048, RETIRE, 0, 0);
    const memory = this.#libc.mapRing(this.#fd, size);
    if (memory === undefined) throw refused(this.#libc, name);
    const index = name === 'any' ? 0 : this.#libc.interfaceIndex(name);
    this.#check(this.#libc.bind(this.#fd, linkAddress(index)), 'bind');
    // Type 1 is promiscuous. "any" listens only to what comes to this machine anyway.
    if (promiscuous && index !== 0) set(ADD_MEMBERSHIP, index, 1, 0, 0);
    return memory;
  }

  #attach(filter: readonly Instruction[]): number {
    const program = new Uint8Array(filter.length * 8);
    const view = new DataView(program.buffer);
    for (const [index, { code, jt, jf, k }] of filter.entries()) {
      view.setUint16(index * 8, code, true);
      view.setUint8(index * 8 + 2, jt);
      view.setUint8(index * 8 + 3, jf);
      view.setUint32(index * 8 + 4, k, true);
    }
    return this.#libc.attachFilter(this.#fd, program);
  }

  #check(result: number, what: string): void {
    if (result >= 0) return;
    const error = refused(this.#libc, this.#options.interface, what);
    this.#libc.close(this.#fd);
    throw error;
  }

  #isReady(): boolean {
    return (Atomics.load(this.#status, (this.#block * BLOCK + STATUS) >> 2) & OF_USER) !== 0;
  }

  /** @returns false where the reader wants no more */
  #readBlock(onPacket: (packet: Packet) => boolean): boolean {
    const start = this.#block * BLOCK;
    const view = this.#view;
    const count = view.getUint32(start + COUNT, true);
    let at = start + view.getUint32(start + FIRST, true);
    let goesOn = true;
    for (let index = 0; index < count && goesOn; index += 1) {
      if (this.#fill(at)) goesOn = onPacket(this.#packet);
      at += view.getUint32(at + NEXT, true);
    }
    Atomics.store(this.#status, (start + STATUS) >> 2, 0);
    this.#block = (this.#block + 1) % this.#blocks;
    return goesOn;
  }

  /** @returns false for a packet that is not wanted */
  #fill(at: number): boolean {
    const view = this.#view;
    const packet = this.#packet;
    if (!this.#isWanted(at)) return false;
    this.#frame += 1;
    packet.frame = this.#frame;
    packet.time =
      view.getUint32(at + SECONDS, true) * 1_000_000 +
      Math.floor(view.getUint32(at + NANOSECONDS, true) / 1000);
    packet.offset = at + view.getUint16(at + FRAME, true);
    packet.captured = view.getUint32(at + CAPTURED, true);
    packet.length = view.getUint32(at + LENGTH, true);
    if (this.linkType === 113) this.#cook(at);
    if ((view.getUint32(at + FLAGS, true) & HAS_TAG) !== 0) this.#putTagBack(at);
    return true;
  }

  /** What goes out by the loopback interface comes in by it again. */
  #isWanted(at: number): boolean {
    const { direction } = this.#options;
    if (this.linkType === 1 && direction !== 'out') return true;
    const isOutgoing = this.#bytes[at + LINK_KIND] === OUTGOING;
    if (direction === 'out') return isOutgoing;
    return !isOutgoing || this.#view.getInt32(at + LINK_INTERFACE, true) !== this.#loopback;
  }

  /** Writes the "cooked" header (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html) in front. */
  #cook(at: number): void {
    const view = this.#view;
    const packet = this.#packet;
    const head = packet.offset - 16;
    view.setUint16(head, this.#bytes[at + LINK_KIND] ?? 0);
    view.setUint16(head + 2, view.getUint16(at + LINK_HARDWARE, true));
    view.setUint16(head + 4, this.#bytes[at + LINK_ADDRESS_LENGTH] ?? 0);
    this.#bytes.copyWithin(head + 6, at + LINK_ADDRESS, at + LINK_ADDRESS + 8);
    view.setUint16(head + 14, view.getUint16(at + LINK_PROTOCOL));
    packet.offset = head;
    packet.captured += 16;
    packet.length += 16;
  }

  /** The kernel takes the outer VLAN tag out of the frame and lays it beside (IEEE 802.1Q §9). */
  #putTagBack(at: number): void {
    const packet = this.#packet;
    const view = this.#view;
    const hasType = (view.getUint32(at + FLAGS, true) & HAS_TAG_TYPE) !== 0;
    const type = hasType ? view.getUint16(at + TAG_TYPE, true) : 0x8100;
    const before = this.linkType === 1 ? 12 : 14;
    const from = packet.offset - 4;
    this.#bytes.copyWithin(from, packet.offset, packet.offset + before);
    view.setUint16(from + before, type);
    view.setUint16(from + before + 2, view.getUint16(at + TAG, true));
    packet.offset = from;
    packet.captured += 4;
    packet.length += 4;
  }

  #checkInterface(): void {
    const { interface: name } = this.#options;
    const value = new Uint8Array(4);
    this.#libc.getOption(this.#fd, SOL_SOCKET, SO_ERROR, value);
    if (name === 'any') return;
    const isThere = this.#libc.interfaceIndex(name) !== 0;
    throw new PortolanError(
      'E_NETWORK',
      `The interface ${name} ${isThere ? 'went down' : 'is gone'}`,
      {
        remedy: isThere
          ? `What was seen is kept. Go on when it is up again: portolan watch -i ${name}`
          : 'What was seen is kept. The interfaces that there are: portolan watch -D',
      },
    );
  }
}

/** `struct sockaddr_ll`: family, protocol, index; the rest is the kernel's. */
function linkAddress(index: number): Uint8Array {
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ALL_PROTOCOLS, true);
  view.setInt32(4, index, true);
  return address;
}

/**
 * Ethernet where the interface has Ethernet frames, else "cooked".
 *
 * @throws PortolanError E_NETWORK where there is no such interface, or it is down
 */
function linkTypeOf(libc: Libc, name: string): RingLink {
  if (name === 'any') return 113;
  if (libc.interfaceIndex(name) === 0) {
    throw new PortolanError('E_NETWORK', `There is no interface "${name}"`, {
      remedy: 'The interfaces that there are: portolan watch -D',
    });
  }
  const hardware = ask(libc, name, SIOCGIFHWADDR);
  const flags = ask(libc, name, SIOCGIFFLAGS);
  if (flags !== undefined && (flags & IFF_UP) === 0) {
    throw new PortolanError('E_NETWORK', `The interface ${name} is down`, {
      remedy: `Set it up: ip link set ${name} up`,
    });
  }
  return hardware === ARPHRD_ETHER || hardware === ARPHRD_LOOPBACK ? 1 : 113;
}

/** A number of 16 bits that the kernel keeps of an interface (netdevice(7)). */
function ask(libc: Libc, name: string, request: number): number | undefined {
  const fd = libc.socket(2, SOCK_DGRAM, 0);
  if (fd < 0) return undefined;
  const value = new Uint8Array(40);
  value.set(new TextEncoder().encode(name).subarray(0, 15));
  const result = libc.control(fd, request, value);
  libc.close(fd);
  return result < 0 ? undefined : new DataView(value.buffer).getUint16(16, true);
}

function refused(libc: Libc, name: string, what = 'open'): PortolanError {
  const errno = libc.errno();
  if (errno === EPERM || errno === EACCES) {
    return new PortolanError(
      'E_NO_PERMISSION',
      `Cannot capture on ${name}: this account lacks CAP_NET_RAW`,
      { remedy: 'Three ways to allow it: portolan setup capture' },
    );
  }
  return new PortolanError(
    'E_NETWORK',
    `Cannot capture on ${name}: the kernel refused (${what}, errno ${errno})`,
    { remedy: 'Look at the interfaces: portolan watch -D' },
  );
}
