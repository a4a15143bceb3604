import { writeSync } from 'node:fs';
import type { Packet } from '../../wire/packet.ts';

/** Octets that are gathered before they are written. */
const ROOM = 1 << 18;
/** Octets of the head of the file and of each record (draft-ietf-opsawg-pcap). */
const HEAD = 24;
const RECORD = 16;

/** Octets of a frame where nothing shorter was asked for, as tcpdump(1) has it. */
const WHOLE = 262_144;

/** Writes frames to an open file as libpcap does, with microseconds. */
export class PcapWriter {
  readonly #fd: number;
  readonly #snaplen: number;
  readonly #bytes = Buffer.alloc(ROOM);
  #used = 0;
  #written = 0;

  /** @param snaplen octets of each frame that are written at most; 0 for all */
  constructor(fd: number, linkType: number, snaplen = 0) {
    this.#fd = fd;
    this.#snaplen = snaplen === 0 ? WHOLE : snaplen;
    this.#bytes.writeUInt32LE(0xa1b2c3d4, 0);
    this.#bytes.writeUInt16LE(2, 4);
    this.#bytes.writeUInt16LE(4, 6);
    this.#bytes.writeUInt32LE(this.#snaplen, 16);
    this.#bytes.writeUInt32LE(linkType, 20);
    this.#used = HEAD;
  }

  /** Octets of the file so far, those included that wait to be written. */
  get size(): number {
    return this.#written + this.#used;
  }

  write(packet: Packet): void {
    const { bytes, offset, length, time } = packet;
    const captured = Math.min(packet.captured, this.#snaplen);
    if (this.#used + RECORD + captured > ROOM) this.flush();
    const head = this.#bytes;
    head.writeUInt32LE(Math.floor(time / 1_000_000), this.#used);
    head.writeUInt32LE(Math.floor(time % 1_000_000), this.#used + 4);
    head.writeUInt32LE(captured, this.#used + 8);
    head.writeUInt32LE(length, this.#used + 12);
    this.#used += RECORD;
    if (this.#used + captured <= ROOM) {
      head.set(bytes.subarray(offset, offset + captured), this.#used);
      this.#used += captured;
      return;
    }
    this.flush();
    this.#put(bytes.subarray(offset, offset + captured));
  }

  flush(): void {
    this.#put(this.#bytes.subarray(0, this.#used));
    this.#used = 0;
  }

  #put(bytes: Uint8Array): void {
    writeAll(this.#fd, bytes);
    this.#written += bytes.length;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
