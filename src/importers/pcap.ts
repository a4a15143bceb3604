import { Packet } from '../wire/packet.ts';
import type { CaptureReader, CaptureSummary } from './capture.ts';
import type { RecordConsumer } from './records.ts';
import { Records } from './records.ts';

/** Octets of one packet: MAXIMUM_SNAPLEN of libpcap. What claims more is no length. */
export const CAPTURED_LIMIT = 262_144;

interface Variant {
  readonly isNano: boolean;
  /** Octets of the head of the file and of each record. */
  readonly head: number;
  readonly recordHead: number;
}

const PLAIN = { isNano: false, head: 24, recordHead: 16 };

/** By the magic number in the byte order of the machine that wrote it. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2c3d4, PLAIN],
  [0xa1b23c4d, { ...PLAIN, isNano: true }],
  // "Modified" (A. Kuznetzov, once in Linux distributions): interface, protocol, kind, padding.
  [0xa1b2cd34, { ...PLAIN, recordHead: 24 }],
  // IXIA's cards and software: the size of all records stands behind the head.
  [0x1c0001ac, { isNano: true, head: 28, recordHead: 16 }],
  [0x1c0001ab, { isNano: true, head: 28, recordHead: 16 }],
]);

export function isPcap(start: Uint8Array): boolean {
  if (start.length < 4) return false;
  const view = new DataView(start.buffer, start.byteOffset, start.length);
  return VARIANTS.has(view.getUint32(0, true)) || VARIANTS.has(view.getUint32(0));
}

/**
 * A capture of libpcap (draft-ietf-opsawg-pcap). The snapshot length and the time zone of its head
 * are not believed: writers lie about the one and leave the other 0.
 */
export class PcapReader implements CaptureReader, RecordConsumer {
  readonly #records = new Records(this);
  readonly #packet = new Packet();
  #onPacket: (packet: Packet) => void = ignore;
  #variant: Variant | undefined;
  #isLittle = true;
  #packets = 0;
  #bytes = 0;
  #wireBytes = 0;
  #damage: CaptureSummary['damage'];
  wanted = 24;

  push(chunk: Uint8Array, onPacket: (packet: Packet) => void): void {
    this.#onPacket = onPacket;
    this.#bytes += chunk.length;
    this.#records.push(chunk);
    this.#onPacket = ignore;
  }

  get isLost(): boolean {
    return this.#damage !== undefined;
  }

  end(isStopped = false): CaptureSummary {
    if (!isStopped && this.#variant === undefined)
      this.#damaged(0, 'the file ends inside its head');
    if (!isStopped && this.#records.left > 0) this.#damaged(0, 'the file ends inside the packet');
    return {
      format: 'pcap',
      packets: this.#packets,
      bytes: this.#bytes,
      wireBytes: this.#wireBytes,
      interfaces: this.#variant === undefined ? 0 : 1,
      sections: this.#variant === undefined ? 0 : 1,
      ok: this.#damage === undefined,
      ...(this.#damage === undefined ? {} : { damage: this.#damage }),
      names: new Map(),
      comments: [],
    };
  }

  consume(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    if (this.#damage !== undefined) return to;
    let at = from;
    if (this.#variant === undefined) {
      at = this.#head(view, from, to);
      if (this.#variant === undefined) return at;
    }
    this.#packet.bytes = bytes;
    this.#packet.view = view;
    const next = this.#takeRecords(this.#variant, view, at, to);
    if (next >= 0) return next;
    this.#damaged(~next - from, `the packet claims more than ${CAPTURED_LIMIT} octets`);
    return to;
  }

  #head(view: DataView, from: number, to: number): number {
    if (to - from < 24) return from;
    this.#isLittle = VARIANTS.has(view.getUint32(from, true));
    const variant = VARIANTS.get(view.getUint32(from, this.#isLittle));
    if (variant === undefined) {
      this.#damaged(0, 'the file is no capture of libpcap');
      return to;
    }
    this.wanted = variant.head;
    if (to - from < variant.head) return from;
    this.#variant = variant;
    // The upper half says how long the check sequence of the frames is.
    this.#packet.linkType = view.getUint32(from + 20, this.#isLittle) & 0xffff;
    return from + variant.head;
  }

  /** Where the first record that is not whole begins; `~place` where one cannot be. */
  #takeRecords({ recordHead, isNano }: Variant, view: DataView, from: number, to: number): number {
    const packet = this.#packet;
    const onPacket = this.#onPacket;
    const isLittle = this.#isLittle;
    let at = from;
    this.wanted = recordHead;
    while (at + recordHead <= to) {
      const captured = view.getUint32(at + 8, isLittle);
      if (captured > CAPTURED_LIMIT) return ~at;
      const end = at + recordHead + captured;
      if (end > to) {
        this.wanted = recordHead + captured;
        break;
      }
      const fraction = view.getUint32(at + 4, isLittle);
      packet.time =
        view.getUint32(at, isLittle) * 1_000_000 +
        (isNano ? Math.floor(fraction / 1000) : fraction);
      packet.offset = at + recordHead;
      packet.captured = captured;
      packet.length = view.getUint32(at + 12, isLittle);
      this.#packets += 1;
      packet.frame = this.#packets;
      this.#wireBytes += packet.length;
      onPacket(packet);
      at = end;
    }
    return at;
  }

  #damaged(offset: number, why: string): void {
    this.#damage ??= { packet: this.#packets + 1, offset: this.#records.taken + offset, why };
  }
}

function ignore(): void {}
