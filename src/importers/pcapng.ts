import { formatAddress } from '../base/address.ts';
import type { Untrusted } from '../base/untrusted.ts';
import { Packet } from '../wire/packet.ts';
import type { CaptureComment, CaptureReader, CaptureSummary } from './capture.ts';
import { CAPTURED_LIMIT } from './pcap.ts';
import { eachName, eachOption, Interface, readInterface, text } from './pcapng-blocks.ts';
import type { RecordConsumer } from './records.ts';
import { RECORD_LIMIT, Records } from './records.ts';

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const NAMES = 4;
const STATISTICS = 5;
const PACKET = 6;
const BYTE_ORDER = 0x1a2b3c4d;

/** The least that a block of this kind needs; 0 for a kind that is passed over. */
function smallest(type: number): number {
  switch (type) {
    case PACKET:
    case OLD_PACKET:
      return 32;
    case SECTION:
      return 28;
    case STATISTICS:
      return 24;
    case INTERFACE:
      return 20;
    case SIMPLE_PACKET:
      return 16;
    default:
      return type === NAMES ? 12 : 0;
  }
}

/** Option codes (§3.5, §4.3, §4.6). */
const COMMENT = 1;
const DROP_COUNT = 4;
const BY_INTERFACE = 5;
const BY_SYSTEM = 7;

const NAME_LIMIT = 65_536;
const COMMENT_LIMIT = 1000;
const COMMENT_CAP = 1024;
/** No machine has more; a file that says so is made to fill memory. */
const INTERFACE_LIMIT = 65_536;

export function isPcapng(start: Uint8Array): boolean {
  if (start.length < 12) return false;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  return view.getUint32(0) === SECTION && byteOrder(view, 0) !== undefined;
}

/** Whether the section is little-endian. */
function byteOrder(view: DataView, at: number): boolean | undefined {
  if (view.getUint32(at + 8, true) === BYTE_ORDER) return true;
  return view.getUint32(at + 8) === BYTE_ORDER ? false : undefined;
}

/**
 * A capture of pcapng (draft-ietf-opsawg-pcapng). A block that contradicts itself is left out and
 * named as damage; where the length of a block cannot be true, nothing after it is read.
 */
export class PcapngReader implements CaptureReader, RecordConsumer {
  readonly #records = new Records(this);
  readonly #packet = new Packet();
  #onPacket: (packet: Packet) => void = ignore;
  #isLittle = true;
  #isLost = false;
  /** Of this section; they are numbered from `#firstInterface` in the capture. */
  #interfaces: Interface[] = [];
  #firstInterface = 0;
  #sections = 0;
  #packets = 0;
  #bytes = 0;
  #wireBytes = 0;
  #dropped = -1;
  /** Place in the file of what `consume` was given. */
  #base = 0;
  #damage: CaptureSummary['damage'];
  readonly #names = new Map<string, Untrusted>();
  readonly #comments: CaptureComment[] = [];
  wanted = 12;

  push(chunk: Uint8Array, onPacket: (packet: Packet) => void): void {
    this.#onPacket = onPacket;
    this.#bytes += chunk.length;
    this.#records.push(chunk);
    this.#onPacket = ignore;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  end(isStopped = false): CaptureSummary {
    const isCut = this.#records.left > 0 || this.#records.isSkipping;
    if (!isStopped && isCut) this.#damaged(this.#records.taken, 'the file ends inside a block');
    if (!isStopped && this.#sections === 0) this.#damaged(0, 'the file has no section');
    this.#closeSection();
    return {
      format: 'pcapng',
      packets: this.#packets,
      bytes: this.#bytes,
      wireBytes: this.#wireBytes,
      interfaces: this.#firstInterface,
      sections: this.#sections,
      ok: this.#damage === undefined,
      ...(this.#damage === undefined ? {} : { damage: this.#damage }),
      names: this.#names,
      comments: this.#comments,
      ...(this.#dropped < 0 ? {} : { dropped: this.#dropped }),
    };
  }

  consume(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    this.#packet.bytes = bytes;
    this.#packet.view = view;
    this.#base = this.#records.taken - from;
    let at = from;
    while (at < to && !this.#isLost) {
      const next = this.#takeBlock(view, at, to);
      if (next === at) return at;
      at = next;
    }
    return to;
  }

  /** Where the next block begins; `at` itself where this one is not whole, `to` where it is passed over. */
  #takeBlock(view: DataView, at: number, to: number): number {
    this.wanted = 12;
    if (at + 12 > to) return at;
    const length = this.#blockLength(view, at);
    if (length === 0) return to;
    if (!this.#isOfUse(view, at, length)) {
      if (at + length <= to) return at + length;
      this.#records.skip(at + length - to);
      return to;
    }
    this.wanted = length;
    if (at + length > to) return at;
    this.#take(view, at, at + length);
    return at + length;
  }

  /** §3.1. 0 where it cannot be true: then the place of the next block is not known. */
  #blockLength(view: DataView, at: number): number {
    if (view.getUint32(at) === SECTION) {
      const isLittle = byteOrder(view, at);
      if (isLittle === undefined) return this.#lose(at, 'a section has no byte order');
      this.#isLittle = isLittle;
    } else if (this.#sections === 0) return this.#lose(at, 'the file does not begin a section');
    const type = view.getUint32(at, this.#isLittle);
    const length = view.getUint32(at + 4, this.#isLittle);
    const least = smallest(type);
    const isPossible = length >= 12 && length >= least && length % 4 === 0;
    const isTooLong = length > RECORD_LIMIT && least > 0 && type !== NAMES;
    if (isPossible && !isTooLong) return length;
    return this.#lose(at, `a block of type ${type} claims ${length} octets`);
  }

  #isOfUse(view: DataView, at: number, length: number): boolean {
    return length <= RECORD_LIMIT && smallest(view.getUint32(at, this.#isLittle)) > 0;
  }

  #take(view: DataView, at: number, end: number): void {
    if (view.getUint32(end - 4, this.#isLittle) !== end - at) {
      this.#lose(at, 'the two lengths of a block differ');
      return;
    }
    const isLittle = this.#isLittle;
    switch (view.getUint32(at, isLittle)) {
      case PACKET:
        this.#takePacket(view, at, end, view.getUint32(at + 8, isLittle));
        break;
      case OLD_PACKET:
        this.#takePacket(view, at, end, view.getUint16(at + 8, isLittle));
        break;
      case SIMPLE_PACKET:
        this.#takeSimplePacket(view, at, end);
        break;
      case SECTION:
        this.#takeSection(view, at, end);
        break;
      case INTERFACE:
        this.#takeInterface(view, at, end);
        break;
      case NAMES:
        this.#takeNames(view, at, end);
        break;
      default:
        this.#takeStatistics(view, at, end);
    }
  }

  /** §4.3, and the obsolete one (appendix A), which differs in its first word only. */
  #takePacket(view: DataView, at: number, end: number, id: number): void {
    const isLittle = this.#isLittle;
    const found = this.#interfaces[id];
    const captured = view.getUint32(at + 20, isLittle);
    if (found === undefined) {
      this.#damaged(this.#base + at, `a packet of an interface ${id} that is not described`);
      return;
    }
    if (captured > CAPTURED_LIMIT || at + 28 + captured + 4 > end) {
      this.#damaged(this.#base + at, 'a packet is longer than its block');
      return;
    }
    const packet = this.#packet;
    packet.time = found.clock.micros(
      view.getUint32(at + 12, isLittle),
      view.getUint32(at + 16, isLittle),
    );
    packet.interface = this.#firstInterface + id;
    packet.linkType = found.linkType;
    const after = at + 28 + ((captured + 3) & ~3);
    this.#deliver(at + 28, captured, view.getUint32(at + 24, isLittle));
    if (after + 8 <= end) this.#takePacketOptions(view, after, end - 4);
  }

  /** §4.4: of the first interface, without a time; it is given the time of the packet before. */
  #takeSimplePacket(view: DataView, at: number, end: number): void {
    const found = this.#interfaces[0];
    if (found === undefined) {
      this.#damaged(this.#base + at, 'a packet of an interface 0 that is not described');
      return;
    }
    const length = view.getUint32(at + 8, this.#isLittle);
    const room = Math.min(end - at - 16, CAPTURED_LIMIT);
    const captured = Math.min(length, room, found.snapLength === 0 ? room : found.snapLength);
    this.#packet.interface = this.#firstInterface;
    this.#packet.linkType = found.linkType;
    this.#deliver(at + 12, captured, length);
  }

  #deliver(offset: number, captured: number, length: number): void {
    const packet = this.#packet;
    packet.offset = offset;
    packet.captured = captured;
    packet.length = length;
    this.#packets += 1;
    packet.frame = this.#packets;
    this.#wireBytes += length;
    this.#onPacket(packet);
  }

  #takePacketOptions(view: DataView, from: number, to: number): void {
    const packet = this.#packets;
    eachOption(view, from, to, this.#isLittle, (code, at, length) => {
      if (code === COMMENT) this.#comment(view, at, length, packet);
      if (code === DROP_COUNT && length === 8) {
        this.#dropped = Math.max(this.#dropped, 0) + this.#u64(view, at);
      }
    });
  }

  #takeSection(view: DataView, at: number, end: number): void {
    this.#closeSection();
    this.#sections += 1;
    eachOption(view, at + 24, end - 4, this.#isLittle, (code, place, length) => {
      if (code === COMMENT) this.#comment(view, place, length);
    });
  }

  /** What its statistics said is final. */
  #closeSection(): void {
    for (const { dropped } of this.#interfaces) {
      if (dropped >= 0) this.#dropped = Math.max(this.#dropped, 0) + dropped;
    }
    this.#firstInterface += this.#interfaces.length;
    this.#interfaces = [];
  }

  #takeInterface(view: DataView, at: number, end: number): void {
    if (this.#interfaces.length >= INTERFACE_LIMIT) {
      this.#damaged(this.#base + at, `more than ${INTERFACE_LIMIT} interfaces`);
      return;
    }
    const found = new Interface();
    readInterface(found, view, at, end, this.#isLittle);
    this.#interfaces.push(found);
    eachOption(view, at + 16, end - 4, this.#isLittle, (code, place, length) => {
      if (code === COMMENT) this.#comment(view, place, length);
    });
  }

  #takeNames(view: DataView, at: number, end: number): void {
    eachName(view, at + 8, end - 4, this.#isLittle, (family, place, name) => {
      if (this.#names.size >= NAME_LIMIT) return;
      let value = 0n;
      const size = family === 4 ? 4 : 16;
      for (let index = 0; index < size; index += 1) {
        value = value * 256n + BigInt(view.getUint8(place + index));
      }
      const address = formatAddress({ family, value });
      if (!this.#names.has(address)) this.#names.set(address, name);
    });
  }

  #takeStatistics(view: DataView, at: number, end: number): void {
    const found = this.#interfaces[view.getUint32(at + 8, this.#isLittle)];
    if (found === undefined) return;
    let dropped = -1;
    eachOption(view, at + 20, end - 4, this.#isLittle, (code, place, length) => {
      const counts = code === BY_INTERFACE || code === BY_SYSTEM;
      if (counts && length === 8) dropped = Math.max(dropped, 0) + this.#u64(view, place);
      if (code === COMMENT) this.#comment(view, place, length);
    });
    found.dropped = Math.max(found.dropped, dropped);
  }

  #comment(view: DataView, at: number, length: number, packet?: number): void {
    if (this.#comments.length >= COMMENT_LIMIT) return;
    const comment = text(view, at, length, COMMENT_CAP);
    this.#comments.push(packet === undefined ? { text: comment } : { packet, text: comment });
  }

  #u64(view: DataView, at: number): number {
    const first = view.getUint32(at, this.#isLittle);
    const second = view.getUint32(at + 4, this.#isLittle);
    return this.#isLittle ? second * 4_294_967_296 + first : first * 4_294_967_296 + second;
  }

  #lose(at: number, why: string): 0 {
    this.#isLost = true;
    this.#damaged(this.#base + at, why);
    return 0;
  }

  #damaged(offset: number, why: string): void {
    this.#damage ??= { packet: this.#packets + 1, offset, why };
  }
}

function ignore(): void {}
