import type { Libc } from '../capture/libc.ts';
import { loadLibc } from '../capture/libc.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
/** Octets of the largest frame that is read; the rest of a larger one is cut off by the kernel. */
const FRAME = 1522;
/** EtherType and the two addresses before it (IEEE 802.3 §3.1.1), and the 802.1Q tag that may come. */
const HEADER = 14;
const TAGGED = 0x8100;
const TAG = 4;
/** Octets of the smallest frame without its check sequence (IEEE 802.3 §3.2.8). */
const SMALLEST = 60;

export interface LinkFrame {
  readonly source: string;
  /** What follows the EtherType; good until the next read. */
  readonly payload: Uint8Array;
}

/** `unable`: there is nothing here to call the kernel by. `refused`: this account lacks CAP_NET_RAW. */
export type Opened = LinkSocket | 'unable' | 'refused' | 'gone';

/** Frames of one EtherType on one interface: packet(7). */
export class LinkSocket {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #etherType: number;
  readonly #buffer = new Uint8Array(FRAME);

  private constructor(libc: Libc, fd: number, etherType: number) {
    this.#libc = libc;
    this.#fd = fd;
    this.#etherType = etherType;
  }

  static open(name: string, etherType: number): Opened {
    const libc = loadLibc();
    if (libc === undefined) return 'unable';
    const index = libc.interfaceIndex(name);
    if (index === 0) return 'gone';
    // Of no EtherType until it is bound, so that nothing of another interface comes before.
    const fd = libc.socket(AF_PACKET, SOCK_RAW, 0);
    if (fd < 0) return 'refused';
    if (libc.bind(fd, linkAddress(index, etherType)) === 0)
      return new LinkSocket(libc, fd, etherType);
    libc.close(fd);
    return 'gone';
  }

  /** @param source the interface's own address */
  send(destination: string, source: string, payload: Uint8Array): boolean {
    const frame = new Uint8Array(Math.max(SMALLEST, HEADER + payload.length));
    frame.set(octetsOf(destination), 0);
    frame.set(octetsOf(source), 6);
    new DataView(frame.buffer).setUint16(12, this.#etherType);
    frame.set(payload, HEADER);
    return this.#libc.send(this.#fd, frame) === frame.length;
  }

  /** The next frame that has come; undefined where there is none. Does not wait. */
  receive(): LinkFrame | undefined {
    const size = Math.min(this.#libc.receive(this.#fd, this.#buffer), FRAME);
    if (size < HEADER) return undefined;
    const bytes = this.#buffer.subarray(0, size);
    const type = (bytes[12] ?? 0) * 256 + (bytes[13] ?? 0);
    const start = type === TAGGED ? HEADER + TAG : HEADER;
    return { source: macText(bytes.subarray(6, 12)), payload: bytes.subarray(start) };
  }

  close(): void {
    this.#libc.close(this.#fd);
  }
}

/** `struct sockaddr_ll`: family, protocol in network order, interface; the rest is the kernel's. */
function linkAddress(index: number, etherType: number): Uint8Array {
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, etherType);
  view.setInt32(4, index, true);
  return address;
}

function octetsOf(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':').map((octet) => Number.parseInt(octet, 16)));
}

function macText(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}
