import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ready } from './_api-server.ts';
import { ACCOUNTS, beServer } from './_api-server.ts';
import type { Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';

const SLOW = 2000;
const STREAMS = 200;
/** Addresses of 127.0.0.0/8 from which they come: one may hold 128 connections. */
const ADDRESSES = 40;
/** Requests of the client that just wants to look, and milliseconds between two. */
const LOOKS = 300;
const PAUSE = 50;
const KIBIBYTE = 1024;
/** Sign-ins for the comparison of a name that is there with one that is not. */
const TRIES = 24;

async function measure(): Promise<Measured> {
  const child = spawn(process.execPath, ['--expose-gc', process.argv[1] ?? '', '--server'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const daemon = new Daemon(child);
  try {
    const { port, tokens, cookie } = await daemon.ready();
    const headers = { cookie, host: `127.0.0.1:${port}` };
    const alone = await look(port, headers);
    const [known, unknown] = await signIns(port);
    const before = await daemon.memory();
    const slow = new SlowClients(port);
    slow.open(SLOW);
    const streams = await openStreams(port, tokens);
    // Until what the kernel holds for them is full, and more waits for each.
    await sleep(5000);
    const beside = await look(port, headers);
    const during = await daemon.memory();
    const stuck = slow.size + streams.filter((one) => !one.destroyed).length;
    slow.close();
    for (const stream of streams) stream.destroy();
    const ended = await untilEnded(port, headers, () => daemon.say('end-sessions'));
    return {
      figures: [
        milliseconds('a list of 100 of 250 devices, alone, p95', percentile(alone, 95)),
        milliseconds(`the same beside ${SLOW} + ${STREAMS} that are stuck, p50`, median(beside)),
        milliseconds('p95', percentile(beside, 95), 300),
        milliseconds('the slowest', Math.max(...beside)),
        { name: 'connections that were stuck then', unit: '', ours: stuck },
        {
          name: 'memory for each of them',
          unit: 'KiB',
          ours: (during - before) / stuck / KIBIBYTE,
          target: { atMost: 64 },
        },
        milliseconds('a stream ends after its session has', ended, 2000),
        milliseconds('a wrong password, p50', median(known)),
        milliseconds('a name that nobody has, how much else, p50', apart(known, unknown), 5),
      ],
      notes: [
        `Slow: ${slow.opened} heads were begun and never finished; the server ended ${slow.ended} of them, and`,
        `others took their place. Streams: ${STREAMS} that read nothing, of ${tokens.length} tokens, with 50 events a second.`,
      ],
    };
  } finally {
    child.stdin?.end();
  }
}

function milliseconds(name: string, ours: number, atMost?: number): Measured['figures'][number] {
  return { name, unit: 'ms', ours, ...(atMost === undefined ? {} : { target: { atMost } }) };
}

/** The other process: answers come in the order of the questions. */
class Daemon {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null) throw new Error('the daemon says nothing');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  say(command: string): void {
    this.#child.stdin?.write(command);
  }

  async ready(): Promise<Ready> {
    const ready: Ready = JSON.parse(await this.#next());
    return ready;
  }

  async memory(): Promise<number> {
    this.say('memory');
    const { rss }: { readonly rss: number } = JSON.parse(await this.#next());
    return rss;
  }

  async #next(): Promise<string> {
    const next = await this.#lines.next();
    if (next.done === true) throw new Error('the daemon has ended');
    return next.value;
  }
}

/** A browser that looks at the list of devices, on one connection. */
async function look(port: number, headers: Record<string, string>): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let one = 0; one < LOOKS; one += 1) {
    const began = performance.now();
    const status = await ask({ port, headers, agent, path: '/api/v1/devices?limit=100' });
    if (status !== 200) throw new Error(`GET devices: ${status}`);
    times.push(performance.now() - began);
    await sleep(PAUSE);
  }
  agent.destroy();
  return times;
}

interface Ask {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  readonly method?: string;
  readonly body?: string;
  readonly from?: string;
}

function ask({ body = '', from = '127.0.0.1', ...rest }: Ask): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', localAddress: from, ...rest };
    request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });
}

/** In turn, from an address each, so that nothing but the hash is in the way. */
async function signIns(port: number): Promise<readonly [known: number[], unknown: number[]]> {
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let one = 0; one < TRIES; one += 1) {
    const sign = async (name: string, address: string): Promise<number> => {
      const began = performance.now();
      await ask({
        port,
        path: '/api/v1/session',
        method: 'POST',
        from: address,
        headers: { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name, password: 'wrong, wrong, wrong' }),
      });
      return performance.now() - began;
    };
    known.push(await sign(`user${one % ACCOUNTS}`, `127.0.1.${one + 1}`));
    unknown.push(await sign(`nobody${one}`, `127.0.2.${one + 1}`));
  }
  return [known, unknown];
}

/** Slowloris: a head that never ends. Who is cut off comes again. */
class SlowClients {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  opened = 0;
  ended = 0;

  constructor(port: number) {
    this.#port = port;
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) if (!socket.connecting) socket.write('X-a: b\r\n');
    }, 3000);
  }

  get size(): number {
    return this.#sockets.size;
  }

  open(count: number): void {
    for (let one = 0; one < count; one += 1) this.#one(one);
  }

  close(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }

  #one(index: number): void {
    const localAddress = `127.0.3.${1 + (index % ADDRESSES)}`;
    const socket = connect({ host: '127.0.0.1', port: this.#port, localAddress });
    this.#sockets.add(socket);
    this.opened += 1;
    socket.write('GET /api/v1/devices HTTP/1.1\r\nHost: localhost\r\n');
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (this.#isOver) return;
      this.ended += 1;
      this.#one(index);
    });
  }
}

function openStreams(port: number, tokens: readonly string[]): Promise<readonly Socket[]> {
  return Promise.all(
    Array.from({ length: STREAMS }, async (_, index) => {
      const localAddress = `127.0.4.${1 + (index % ADDRESSES)}`;
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      const token = tokens[index % tokens.length] ?? '';
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => {});
      socket.write(
        `GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      // Nobody ever reads: there is no listener for data.
      return socket.pause();
    }),
  );
}

/** Milliseconds from the end of a session to that of its stream. */
function untilEnded(
  port: number,
  headers: Record<string, string>,
  end: () => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = '/api/v1/events';
    request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.resume();
      const began = performance.now();
      response.on('close', () => resolve(performance.now() - began));
      end();
    })
      .on('error', reject)
      .end();
  });
}

/** Each pair was measured one after the other, so that what else the machine does is in both. */
function apart(known: readonly number[], unknown: readonly number[]): number {
  return Math.abs(median(known.map((time, index) => time - (unknown[index] ?? 0))));
}

function percentile(values: readonly number[], which: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * which) / 100))] ?? 0;
}

if (process.argv.includes('--server')) await beServer();
else await runBench({ title: 'API beside slow clients', measure });
