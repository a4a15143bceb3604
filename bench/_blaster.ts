import { createRequire } from 'node:module';

/*
 * Sends datagrams as quickly as the kernel takes them: a ring of frames (packet(7), PACKET_TX_RING)
 * that are made once, so that the sender costs next to nothing. For the bench only: nothing of the
 * product can send a frame.
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
/** Octets of a slot, slots of a block, blocks: a batch of 2048 frames. */
const SLOT = 256;
const BLOCK = 1 << 16;
const SLOTS = 2048;
/** `struct tpacket2_hdr`: status, length; the frame begins at TPACKET2_HDRLEN − sizeof(sockaddr_ll). */
const STATUS = 0;
const LENGTH = 4;
const FRAME = 32;
const SEND_REQUEST = 1;

/** @returns frames a second */
export function blast(name: string, count: number, flows: number, size: number): number {
  const koffi = loadKoffi();
  const libc = koffi.load(null);
  const fd = Number(libc.func('int socket(int, int, int)')(17, 3, 0));
  const set = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const option = (which: number, ...words: readonly number[]): void => {
    const value = new Uint8Array(new Uint32Array(words).buffer);
    if (Number(set(fd, SOL_PACKET, which, value, value.length)) < 0) throw new Error('no TX ring');
  };
  option(VERSION, 1);
  option(QDISC_BYPASS, 1);
  option(TX_RING, BLOCK, (SLOTS * SLOT) / BLOCK, SLOT, SLOTS);
  const map = libc.func('void *mmap(void *, size_t, int, int, int, long)');
  const memory = koffi.view(map(null, SLOTS * SLOT, 3, 1, fd, 0), SLOTS * SLOT);
  const index = Number(libc.func('unsigned int if_nametoindex(const char *)')(name));
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, 17, true);
  address.setInt32(4, index, true);
  libc.func('int bind(int, const void *, uint32_t)')(fd, new Uint8Array(address.buffer), 20);
  const send = libc.func('long send(int, const void *, size_t, int)');
  return run(memory, (flags) => send(fd, null, 0, flags), count, flows, size);
}

function run(
  memory: ArrayBuffer,
  send: (flags: number) => unknown,
  count: number,
  flows: number,
  size: number,
): number {
  const view = new DataView(memory);
  const bytes = new Uint8Array(memory);
  const words = new Int32Array(memory);
  for (let slot = 0; slot < SLOTS; slot += 1) {
    bytes.set(datagram(size), slot * SLOT + FRAME);
    view.setUint32(slot * SLOT + LENGTH, size, true);
  }
  const begun = process.hrtime.bigint();
  for (let sent = 0; sent < count; sent += SLOTS) {
    for (let slot = 0; slot < SLOTS; slot += 1) {
      const flow = (sent + slot) % flows;
      // Devices with ten conversations each, with one server: MAC, address and port of the source.
      view.setUint16(slot * SLOT + FRAME + 10, flow / 10);
      view.setUint16(slot * SLOT + FRAME + 28, 256 + flow / 10);
      view.setUint16(slot * SLOT + FRAME + 34, 10_000 + flow);
      Atomics.store(words, (slot * SLOT + STATUS) >> 2, SEND_REQUEST);
    }
    send(0);
  }
  return (count / Number(process.hrtime.bigint() - begun)) * 1e9;
}

function datagram(size: number): Uint8Array {
  const frame = Buffer.alloc(size, 0x61);
  frame.write('020000000002020000000001080045000000000000004011', 0, 'hex');
  frame.writeUInt16BE(size - 14, 16);
  frame.write('00000a0000010a010001', 24, 'hex');
  frame.writeUInt16BE(5683, 36);
  frame.writeUInt16BE(size - 34, 38);
  frame.writeUInt16BE(0, 40);
  return frame;
}

function loadKoffi(): Koffi {
  const loaded: unknown = createRequire(import.meta.url)(`@koromix/koffi-linux-${process.arch}`);
  if (isKoffi(loaded)) return loaded;
  throw new Error('koffi is not what it was');
}

function isKoffi(value: unknown): value is Koffi {
  return typeof value === 'object' && value !== null && 'load' in value && 'view' in value;
}
