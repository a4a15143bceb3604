import { createRequire } from 'node:module';

/*
 * The calls of libc that a lab of packets needs and the product does not: to enter namespaces, to send
 * frames, to receive from raw sockets. Through koffi, as src/io/capture/libc.ts.
 */

type Foreign = (...args: readonly unknown[]) => unknown;

interface Koffi {
  load(path: null): { func(declaration: string): Foreign };
  errno(): number;
}

const CLONE_NEWNET = 0x4000_0000;
const MSG_DONTWAIT = 0x40;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
const SO_MEMINFO = 55;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOL_PACKET = 263;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_QDISC_BYPASS = 20;
/** htons(ETH_P_ALL) */
const ALL_PROTOCOLS = 0x0300;
/** Octets of each socket's receive buffer: a wave of packets fits many times. */
const ROOM = 1 << 26;

export interface Libc {
  newNetwork(): void;
  enterNetwork(fd: number): void;
  /** On which processor this thread runs: what it sends is then received in order. */
  pin(processor: number): void;
  /** A raw socket of a family and protocol; what is delivered to this host comes out of it. */
  rawSocket(family: number, protocol: number): number;
  /** Frames of one interface: those that come, and to send some. */
  frameSocket(interfaceName: string): number;
  netlinkSocket(protocol: number): number;
  send(fd: number, bytes: Uint8Array): boolean;
  /** Octets received, or -1 where there is nothing. */
  receive(fd: number, into: Uint8Array): number;
  /** Packets for which the socket had no room (SK_MEMINFO_DROPS). */
  drops(fd: number): number;
  close(fd: number): void;
}

export function loadLibc(): Libc | undefined {
  const koffi = loadKoffi();
  return koffi === undefined ? undefined : bindLibc(koffi);
}

function loadKoffi(): Koffi | undefined {
  try {
    const loaded: unknown = createRequire(import.meta.url)(`@koromix/koffi-linux-${process.arch}`);
    return isKoffi(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  }
}

function isKoffi(value: unknown): value is Koffi {
  return typeof value === 'object' && value !== null && 'load' in value && 'errno' in value;
}

function bindLibc(koffi: Koffi): Libc {
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int, int, int)');
  const setOption = libc.func('int setsockopt(int, int, int, const void *, uint32_t)');
  const getOption = libc.func('int getsockopt(int, int, int, void *, void *)');
  const bind = libc.func('int bind(int, const void *, uint32_t)');
  const send = libc.func('long send(int, const void *, size_t, int)');
  const receive = libc.func('long recv(int, void *, size_t, int)');
  const index = libc.func('unsigned int if_nametoindex(const char *)');
  const setns = libc.func('int setns(int, int)');
  const unshare = libc.func('int unshare(int)');
  const affinity = libc.func('int sched_setaffinity(int, size_t, const void *)');
  const close = libc.func('int close(int)');
  const check = (what: string, result: unknown): number => {
    if (Number(result) >= 0) return Number(result);
    throw new Error(`${what} failed with errno ${koffi.errno()}`);
  };
  const option = (fd: number, level: number, name: number, value: number): unknown =>
    setOption(fd, level, name, new Uint8Array(Uint32Array.of(value).buffer), 4);
  const opened = (family: number, protocol: number): number => {
    const fd = check('socket', socket(family, SOCK_RAW, protocol));
    check('SO_RCVBUFFORCE', option(fd, SOL_SOCKET, SO_RCVBUFFORCE, ROOM));
    return fd;
  };
  return {
    newNetwork: () => void check('unshare', unshare(CLONE_NEWNET)),
    enterNetwork: (fd) => void check('setns', setns(fd, CLONE_NEWNET)),
    pin: (processor) => {
      const mask = new Uint8Array(128);
      mask[processor >> 3] = 1 << (processor & 7);
      check('sched_setaffinity', affinity(0, mask.length, mask));
    },
    rawSocket: opened,
    frameSocket: (name) => {
      const fd = opened(AF_PACKET, 0);
      check('PACKET_IGNORE_OUTGOING', option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1));
      check('PACKET_QDISC_BYPASS', option(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1));
      const address = new DataView(new ArrayBuffer(20));
      address.setUint16(0, AF_PACKET, true);
      address.setUint16(2, ALL_PROTOCOLS, true);
      address.setInt32(4, Number(index(name)), true);
      check('bind', bind(fd, new Uint8Array(address.buffer), 20));
      return fd;
    },
    netlinkSocket: (protocol) => check('socket', socket(16, SOCK_RAW, protocol)),
    send: (fd, bytes) => Number(send(fd, bytes, bytes.length, 0)) === bytes.length,
    receive: (fd, into) => Number(receive(fd, into, into.length, MSG_DONTWAIT)),
    drops: (fd) => {
      const info = new Uint32Array(9);
      const size = Uint8Array.of(info.byteLength, 0, 0, 0);
      check('SO_MEMINFO', getOption(fd, SOL_SOCKET, SO_MEMINFO, new Uint8Array(info.buffer), size));
      return info[8] ?? 0;
    },
    close: (fd) => void close(fd),
  };
}
