import { writeSync } from 'node:fs';
import type { Packet } from '../../wire/packet.ts';

/** Octets that are gathered before they are written. */
const ROOM = 1 << 18;
/** Octets of the head of the file and of each record (draft-ietf-opsawg-pcap). */
const HEAD = 24;
const RECORD = 16;

/** Writes frames to an open file as libpcap does, with microseconds. */
export class PcapWriter {
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(ROOM);
  #used = 0;

  constructor(fd: number, linkType: number) {
    this.#fd = fd;
    this.#bytes.writeUInt32LE(0xa1b2c3d4, 0);
    this.#bytes.writeUInt16LE(2, 4);
    this.#bytes.writeUInt16LE(4, 6);
    this.#bytes.writeUInt32LE(262_144, 16);
    this.#bytes.writeUInt32LE(linkType, 20);
    this.#used = HEAD;
  }

  write(packet: Packet): void {
    const { bytes, offset, captured, length, time } = packet;
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
    writeAll(this.#fd, bytes.subarray(offset, offset + captured));
  }

  flush(): void {
    writeAll(this.#fd, this.#bytes.subarray(0, this.#used));
    this.#used = 0;
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
