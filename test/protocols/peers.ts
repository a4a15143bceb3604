import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { Carrier } from '../../src/model/core.ts';
import type { Fact } from '../../src/model/evidence.ts';
import type { Ask, Probe } from '../../src/protocols/protocol.ts';
import { peer } from './play.ts';

const ADDRESS = '127.0.0.1';
/** Milliseconds of silence that end an answer: everything here is on loopback. */
const SILENCE = 700;
/** As the shell has it. */
const CAP = 65_536;

/** Puts a probe to a real peer on loopback, in the simplest way there is. */
export async function probe(
  { dialogue }: Probe,
  port: number,
  over: Carrier = 'tcp',
): Promise<readonly Fact[]> {
  const line = over === 'udp' ? new Datagrams(port) : new Connection(port, over === 'tls');
  const talk = dialogue({ ...peer(port, over), address: ADDRESS });
  try {
    let turn = talk.next();
    while (turn.done !== true) turn = talk.next(await line.exchange(turn.value));
    return turn.value;
  } finally {
    line.close();
  }
}

class Connection {
  readonly #port: number;
  readonly #isTls: boolean;
  #socket: Socket | undefined;

  constructor(port: number, isTls: boolean) {
    this.#port = port;
    this.#isTls = isTls;
  }

  async exchange(ask: Ask): Promise<Uint8Array> {
    if (ask.reconnect === true) this.close();
    this.#socket ??= await this.#open();
    const socket = this.#socket;
    return new Promise((resolve) => {
      let received = Buffer.alloc(0);
      const settle = (): void => {
        socket.off('data', take).off('timeout', settle).off('close', settle).setTimeout(0);
        resolve(received);
      };
      const take = (piece: Buffer): void => {
        received = Buffer.concat([received, piece]).subarray(0, CAP);
        if (received.length === CAP || ask.complete(received)) settle();
      };
      if (socket.destroyed) return settle();
      socket.on('data', take).on('timeout', settle).on('close', settle).setTimeout(SILENCE);
      socket.write(ask.send);
      if (ask.complete(new Uint8Array(0))) settle();
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const options = { host: ADDRESS, port: this.#port };
      const socket: Socket = this.#isTls
        ? connectTls({ ...options, rejectUnauthorized: false }, () => resolve(socket))
        : connect(options, () => resolve(socket));
      socket.once('error', reject).on('error', () => {});
    });
  }
}

class Datagrams {
  readonly #port: number;
  #socket = createSocket('udp4');

  constructor(port: number) {
    this.#port = port;
  }

  exchange(ask: Ask): Promise<Uint8Array> {
    if (ask.reconnect === true) {
      this.close();
      this.#socket = createSocket('udp4');
    }
    const socket = this.#socket;
    return new Promise((resolve) => {
      let received = Buffer.alloc(0);
      let timer: NodeJS.Timeout | undefined;
      const settle = (): void => {
        clearTimeout(timer);
        socket.off('message', take);
        resolve(received);
      };
      const take = (datagram: Buffer): void => {
        received = Buffer.concat([received, datagram]);
        if (ask.complete(received)) settle();
      };
      timer = setTimeout(settle, SILENCE);
      socket.on('message', take);
      socket.send(ask.send, this.#port, ADDRESS, () => {
        if (ask.complete(new Uint8Array(0))) settle();
      });
    });
  }

  close(): void {
    this.#socket.close();
  }
}

export function hasTool(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/**
 * Whether a test that needs a tool may be left out: on a developer's machine that has none, never
 * where all of them are promised.
 */
export function lacks(name: string): boolean {
  return !hasTool(name) && process.env['CI'] === undefined;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, ADDRESS, () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      server.close(() => resolve(port));
    });
  });
}

/** A real server for the length of one test; stopped by its own id. */
export async function withServer<T>(
  command: readonly string[],
  isReady: () => Promise<boolean>,
  use: () => Promise<T>,
): Promise<T> {
  const [name = '', ...rest] = command;
  const server: ChildProcess = spawn(name, rest, { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  try {
    for (let tries = 0; tries < 100 && !(await isReady()); tries += 1) await pause(50);
    return await use();
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

/** Whether somebody accepts connections there. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: ADDRESS, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A key and a certificate that signed itself, as files of a folder. */
export function selfSigned(
  folder: string,
  key: readonly string[] = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
): { readonly key: string; readonly certificate: string } {
  const files = { key: `${folder}/key.pem`, certificate: `${folder}/certificate.pem` };
  const output = ['-keyout', files.key, '-out', files.certificate];
  spawnSync('openssl', ['req', '-x509', ...key, '-nodes', '-subj', '/CN=lamp', ...output]);
  return files;
}
