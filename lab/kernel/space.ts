import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { find } from '../tools.ts';
import type { Libc } from './libc.ts';
import { loadLibc } from './libc.ts';
import { INTERFACES, peerBatch, routerBatch, settings } from './site.ts';

/** Something was lost on the way, or came from nowhere: then nobody knows what the rules did. */
export class NoVerdict extends Error {
  override readonly name = 'NoVerdict';
}

const AF_INET = 2;
const AF_INET6 = 10;
const NETLINK_NETFILTER = 12;
/** What the router delivers to itself, by family and protocol. */
const LOCAL: readonly (readonly [family: number, protocol: number])[] = [
  [AF_INET, 1],
  [AF_INET, 6],
  [AF_INET, 17],
  [AF_INET, 253],
  [AF_INET6, 6],
  [AF_INET6, 17],
  [AF_INET6, 58],
  [AF_INET6, 253],
];

/** Why there can be none here; undefined where there can. */
export function spaceObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root, to make network namespaces: sudo';
  if (loadLibc() === undefined) return 'koffi is not installed: npm ci';
  return find('ip') === undefined ? 'ip is not installed: sudo apt install iproute2' : undefined;
}

/**
 * Two network namespaces of this process alone: a router, and behind its interfaces machines that are
 * nothing but frames. They vanish with the process. This thread stays where it was, but for the calls
 * that are made inside.
 */
export class Space {
  readonly #libc: Libc;
  readonly #home: number;
  readonly #router: number;
  readonly #peers: number;
  readonly #cables = new Map<string, number>();
  readonly #local: readonly number[];
  readonly #netlink: number;
  readonly #buffer = new Uint8Array(2048);

  /** Deaf: nothing is received, so that reception costs nothing of what is measured. */
  constructor({ isDeaf = false }: { readonly isDeaf?: boolean } = {}) {
    const libc = loadLibc();
    if (libc === undefined) throw new Error('koffi is not installed: npm ci');
    this.#libc = libc;
    this.#home = namespaceHere();
    this.#router = this.#made();
    this.#peers = this.#made();
    this.inRouter(() => {
      this.run(['ip', '-batch', '-'], routerBatch(`/proc/${process.pid}/fd/${this.#peers}`));
      for (const [path, value] of settings()) writeFileSync(path, value);
    });
    const heard = isDeaf ? [] : INTERFACES;
    this.behindRouter(() => {
      this.run(['ip', '-batch', '-'], peerBatch());
      for (const name of heard) this.#cables.set(name, libc.frameSocket(name));
    });
    this.#local = this.inRouter(() => (isDeaf ? [] : LOCAL).map((each) => libc.rawSocket(...each)));
    this.#netlink = this.inRouter(() => libc.netlinkSocket(NETLINK_NETFILTER));
    libc.pin(process.pid % cpus().length);
  }

  /** What is started meanwhile runs in the router. */
  inRouter<Value>(body: () => Value): Value {
    return this.#inside(this.#router, body);
  }

  /** Where the machines are. */
  behindRouter<Value>(body: () => Value): Value {
    return this.#inside(this.#peers, body);
  }

  /** @throws Error with what the command said, where it fails */
  run(command: readonly string[], input: readonly string[] = []): string {
    const [program = '', ...args] = command;
    const { status, stdout, stderr, error } = spawnSync(find(program) ?? program, args, {
      input: input.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status === 0) return stdout;
    throw new Error(`${command.join(' ')}: ${error?.message ?? stderr.trim().slice(0, 2000)}`);
  }

  send(interfaceName: string, frame: Uint8Array): void {
    const fd = this.#cables.get(interfaceName);
    if (fd === undefined || !this.#libc.send(fd, frame)) {
      throw new NoVerdict(`a frame could not be sent on ${interfaceName}`);
    }
  }

  /** Everything that has come since; returns how much that was. The bytes are good until it returns. */
  receive(
    onFrame: (interfaceName: string, frame: Uint8Array) => void,
    onLocal: (packet: Uint8Array) => void,
  ): number {
    let count = 0;
    for (const [name, fd] of this.#cables) {
      count += this.#drain(fd, (bytes) => onFrame(name, bytes));
    }
    for (const fd of this.#local) count += this.#drain(fd, onLocal);
    return count;
  }

  /** Frames that the router's interfaces have taken in, and what was lost anywhere. */
  counters(): { readonly received: number; readonly lost: number } {
    const rows = this.inRouter(() => readFileSync('/proc/thread-self/net/dev', 'utf8')).split('\n');
    let [received, lost] = [0, 0];
    for (const row of rows) {
      const [name = '', rest] = row.trim().split(':');
      if (rest === undefined || !INTERFACES.includes(name)) continue;
      // Receive: bytes packets errs drop …; transmit: bytes packets errs drop.
      const fields = rest.trim().split(/\s+/).map(Number);
      received += fields[1] ?? 0;
      lost += [2, 3, 10, 11].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
    }
    const sockets = [...this.#cables.values(), ...this.#local];
    return { received, lost: lost + sockets.reduce((sum, fd) => sum + this.#libc.drops(fd), 0) };
  }

  /** Forgets all connections: IPCTNL_MSG_CT_DELETE without a tuple (nfnetlink_conntrack.h). */
  flush(): void {
    const message = new DataView(new ArrayBuffer(20));
    message.setUint32(0, 20, true);
    message.setUint16(4, 0x0102, true);
    // NLM_F_REQUEST, NLM_F_ACK
    message.setUint16(6, 0x05, true);
    this.#libc.send(this.#netlink, new Uint8Array(message.buffer));
    const size = this.#libc.receive(this.#netlink, this.#buffer);
    const failed = new DataView(this.#buffer.buffer).getInt32(16, true);
    if (size < 20 || failed !== 0) throw new Error(`conntrack was not flushed: ${failed}`);
  }

  close(): void {
    for (const fd of [...this.#cables.values(), ...this.#local, this.#netlink]) {
      this.#libc.close(fd);
    }
    closeSync(this.#router);
    closeSync(this.#peers);
    closeSync(this.#home);
  }

  #drain(fd: number, take: (bytes: Uint8Array) => void): number {
    let count = 0;
    for (;;) {
      const size = this.#libc.receive(fd, this.#buffer);
      if (size < 0) return count;
      take(this.#buffer.subarray(0, size));
      count += 1;
    }
  }

  #made(): number {
    try {
      this.#libc.newNetwork();
      return namespaceHere();
    } finally {
      this.#libc.enterNetwork(this.#home);
    }
  }

  #inside<Value>(namespace: number, body: () => Value): Value {
    this.#libc.enterNetwork(namespace);
    try {
      return body();
    } finally {
      this.#libc.enterNetwork(this.#home);
    }
  }
}

function namespaceHere(): number {
  return openSync('/proc/thread-self/ns/net', 'r');
}
