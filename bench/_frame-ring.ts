import { createRequire } from 'node:module';

/*
 * Sends frames that are made beforehand, hundreds in one system call (packet(7), PACKET_TX_RING), so
 * that the sender costs next to nothing of what is measured. For benches only.
 */

type Foreign = (...args: readonly unknown[]) => unknown;

interface Koffi {
  load(path: null): { func(declaration: string): Foreign };
  view(pointer: unknown, size: number): ArrayBuffer;
}

const SOL_PACKET = 263;
const TX_RING = 13;
const VERSION = 10;
const QDISC_BYPASS = 20;
/** Octets of a slot; slots of the ring: fewer than the kernel's queue of 1000 takes at once. */
const SLOT = 256;
const SLOTS = 256;
/** `struct tpacket2_hdr`: status, length; the frame begins at TPACKET2_HDRLEN − sizeof(sockaddr_ll). */
const LENGTH = 4;
const FRAME = 32;
const SEND_REQUEST = 1;

export class FrameRing {
  readonly #send: () => unknown;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #view: DataView;

  constructor(interfaceName: string) {
    const koffi = loadKoffi();
    const libc = koffi.load(null);
    const fd = Number(libc.func('int socket(int, int, int)')(17, 3, 0));
    const set = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
    const option = (which: number, ...words: readonly number[]): void => {
      const value = new Uint8Array(new Uint32Array(words).buffer);
      if (Number(set(fd, SOL_PACKET, which, value, value.length)) < 0)
        throw new Error('no TX ring');
    };
    option(VERSION, 1);
    option(QDISC_BYPASS, 1);
    option(TX_RING, SLOT * SLOTS, 1, SLOT, SLOTS);
    const map = libc.func('void *mmap(void *, size_t, int, int, int, long)');
    const memory = koffi.view(map(null, SLOTS * SLOT, 3, 1, fd, 0), SLOTS * SLOT);
    const index = Number(libc.func('unsigned int if_nametoindex(const char *)')(interfaceName));
    const address = new DataView(new ArrayBuffer(20));
    address.setUint16(0, 17, true);
    address.setInt32(4, index, true);
    libc.func('int bind(int, const void *, uint32_t)')(fd, new Uint8Array(address.buffer), 20);
    const send = libc.func('long send(int, const void *, size_t, int)');
    this.#send = () => send(fd, null, 0, 0);
    this.#bytes = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    this.#view = new DataView(memory);
  }

  /** All of them once, in order; returns when the kernel has taken them. */
  send(frames: readonly Uint8Array[]): void {
    for (let at = 0; at < frames.length; at += SLOTS) {
      for (let slot = 0; slot < SLOTS; slot += 1) {
        const frame = frames[at + slot];
        if (frame === undefined) break;
        this.#bytes.set(frame, slot * SLOT + FRAME);
        this.#view.setUint32(slot * SLOT + LENGTH, frame.length, true);
        Atomics.store(this.#words, (slot * SLOT) >> 2, SEND_REQUEST);
      }
      this.#send();
      // The kernel goes round the ring: a part of it that is not used would be where it waits.
      if (frames.length - at < SLOTS) throw new Error(`send multiples of ${SLOTS} frames`);
    }
  }
}

function loadKoffi(): Koffi {
  const loaded: unknown = createRequire(import.meta.url)(`@koromix/koffi-linux-${process.arch}`);
  if (isKoffi(loaded)) return loaded;
  throw new Error('koffi is not what it was');
}

function isKoffi(value: unknown): value is Koffi {
  return typeof value === 'object' && value !== null && 'load' in value && 'view' in value;
}
