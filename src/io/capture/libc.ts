import { createRequire } from 'node:module';

/**
 * The only file that calls foreign code: a handful of functions of libc, through koffi
 * (koffi.dev, prebuilt). Nothing here keeps the address of JavaScript's memory: a buffer is handed to
 * one call, which ends before the buffer can move or be collected. The one address that outlives a
 * call is the kernel's own (`mapRing`).
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setOption(fd: number, level: number, name: number, value: Uint8Array): number;
  /** Fills `value`, whose length is what is asked for. */
  getOption(fd: number, level: number, name: number, value: Uint8Array): number;
  /** SO_ATTACH_FILTER: `program` holds so many `struct sock_filter` of 8 octets. */
  attachFilter(fd: number, program: Uint8Array): number;
  bind(fd: number, address: Uint8Array): number;
  /** One packet, whole; octets sent. */
  send(fd: number, bytes: Uint8Array): number;
  /** One packet into `bytes`, without waiting; its octets, or -1 where there is none. */
  receive(fd: number, bytes: Uint8Array): number;
  control(fd: number, request: number, value: Uint8Array): number;
  /** Waits until the socket has something, at most so many milliseconds; the events in `revents`. */
  poll(fd: number, milliseconds: number): { readonly ready: number; readonly revents: number };
  /** Memory that the kernel shares with us: it stays until the process ends. Undefined: refused. */
  mapRing(fd: number, size: number): ArrayBuffer | undefined;
  interfaceIndex(name: string): number;
  close(fd: number): number;
  /** Gives up every capability of this thread, for good. */
  dropCapabilities(): boolean;
  errno(): number;
}

/** What koffi gives, as far as it is used. */
interface Koffi {
  load(path: null): { func(declaration: string): Foreign };
  struct(name: string, fields: object): unknown;
  view(pointer: unknown, size: number): ArrayBuffer;
  address(pointer: unknown): bigint;
  errno(): number;
}

type Foreign = (...args: readonly unknown[]) => unknown;

/** Processors for which a package is installed (package.json, optionalDependencies). */
const PACKAGES: Readonly<Record<string, string>> = {
  arm: '@koromix/koffi-linux-arm',
  arm64: '@koromix/koffi-linux-arm64',
  riscv64: '@koromix/koffi-linux-riscv64',
  x64: '@koromix/koffi-linux-x64',
};

/** linux/mman.h, linux/prctl.h, linux/capability.h */
const READ_WRITE = 3;
const SHARED = 1;
const NO_NEW_PRIVILEGES = 38;
const CAPABILITY_VERSION_3 = 0x20080522;
/** linux/socket.h, asm-generic/socket.h */
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
/** MSG_DONTWAIT */
const NOT_WAITING = 0x40;
/** poll(2): something can be read. */
const POLLIN = 1;

/** koffi takes the name of a structure once a process: whoever comes later gets what was bound first. */
let bound: Libc | undefined;

/** Undefined where it is not installed, or this is no Linux for which there is a binary. */
export function loadLibc(): Libc | undefined {
  if (process.platform !== 'linux') return undefined;
  const koffi = bound === undefined ? loadKoffi() : undefined;
  if (koffi !== undefined) bound = bindLibc(koffi);
  return bound;
}

function loadKoffi(): Koffi | undefined {
  const name = PACKAGES[process.arch];
  if (name === undefined) return undefined;
  try {
    const loaded: unknown = createRequire(import.meta.url)(name);
    return isKoffi(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  }
}

function isKoffi(value: unknown): value is Koffi {
  if (typeof value !== 'object' || value === null) return false;
  return ['load', 'struct', 'view', 'address', 'errno'].every(
    (name) => typeof Reflect.get(value, name) === 'function',
  );
}

function bindLibc(koffi: Koffi): Libc {
  // koffi writes these structures onto the stack of the call, pointers included.
  koffi.struct('sock_fprog', { len: 'uint16_t', filter: 'void *' });
  const libc = koffi.load(null);
  const socket = libc.func('int socket(int domain, int type, int protocol)');
  const setOption = libc.func('int setsockopt(int, int, int, const void *value, uint32_t)');
  const getOption = libc.func('int getsockopt(int, int, int, void *value, void *size)');
  const bind = libc.func('int bind(int fd, const void *address, uint32_t size)');
  const send = libc.func('long send(int fd, const void *bytes, size_t size, int flags)');
  const receive = libc.func('long recv(int fd, void *bytes, size_t size, int flags)');
  const control = libc.func('int ioctl(int fd, unsigned long request, void *value)');
  const poll = libc.func('int poll(void *fds, unsigned long count, int timeout)');
  const map = libc.func('void *mmap(void *, size_t, int, int, int, long)');
  const index = libc.func('unsigned int if_nametoindex(const char *name)');
  const close = libc.func('int close(int fd)');
  const attach = libc.func(
    'int setsockopt(int fd, int level, int name, const sock_fprog *program, uint32_t size)',
  );
  const polled = new Int32Array(2);
  const polledBytes = new Uint8Array(polled.buffer);
  return {
    socket: (...args) => Number(socket(...args)),
    setOption: (fd, level, name, value) => Number(setOption(fd, level, name, value, value.length)),
    getOption: (fd, level, name, value) =>
      Number(getOption(fd, level, name, value, Uint8Array.of(value.length, 0, 0, 0))),
    attachFilter: (fd, program) => {
      const filter = { len: program.length / 8, filter: program };
      return Number(attach(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, POINTERS * 2));
    },
    bind: (fd, address) => Number(bind(fd, address, address.length)),
    send: (fd, bytes) => Number(send(fd, bytes, bytes.length, NOT_WAITING)),
    receive: (fd, bytes) => Number(receive(fd, bytes, bytes.length, NOT_WAITING)),
    control: (fd, request, value) => Number(control(fd, request, value)),
    poll: (fd, milliseconds) => {
      polled[0] = fd;
      polled[1] = POLLIN;
      const ready = Number(poll(polledBytes, 1, milliseconds));
      return { ready, revents: (polled[1] ?? 0) >>> 16 };
    },
    mapRing: (fd, size) => {
      const pointer = map(null, size, READ_WRITE, SHARED, fd, 0);
      return isMapped(koffi.address(pointer)) ? koffi.view(pointer, size) : undefined;
    },
    interfaceIndex: (name) => Number(index(name)),
    close: (fd) => Number(close(fd)),
    dropCapabilities: () => dropCapabilities(libc),
    errno: () => koffi.errno(),
  };
}

/** Octets of a pointer: `struct sock_fprog` is a number and a pointer, each aligned as one. */
const POINTERS = process.arch === 'arm' ? 4 : 8;

/** MAP_FAILED is -1, whatever the width of a pointer. */
function isMapped(address: bigint): boolean {
  return address !== 0n && address !== 0xffff_ffffn && address !== 0xffff_ffff_ffff_ffffn;
}

function dropCapabilities(libc: ReturnType<Koffi['load']>): boolean {
  const set = libc.func('int capset(void *header, const void *data)');
  const prctl = libc.func(
    'int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)',
  );
  const header = new Uint8Array(new Uint32Array([CAPABILITY_VERSION_3, 0]).buffer);
  // Effective, permitted and inheritable, twice 32 bits each: none.
  const isDropped = Number(set(header, new Uint8Array(24))) === 0;
  return Number(prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)) === 0 && isDropped;
}
