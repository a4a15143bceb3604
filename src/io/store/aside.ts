import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { PortolanError } from '../../base/errors.ts';
import type { AsideJob } from './aside-messages.ts';
import { asideReply } from './aside-messages.ts';
import type { StoreCopy } from './copy.ts';
import type { HourTotal, Talk, TalkQuery } from './flow-totals.ts';
import { hourTotals, talkList } from './flow-totals.ts';

/** Beside the bundle, beside its chunks, or in a source tree that was built. */
const PLACES = ['./aside.js', '../aside.js', '../../../dist/aside.js'];
/** Milliseconds after which a process that nobody asks anything ends. */
const IDLE = 60_000;

const copied: z.ZodType<StoreCopy> = z.object({ file: z.string(), bytes: z.number() });

export interface AsideOptions {
  /** nice(1): how much it gives way to others. */
  readonly nice?: number;
  /** Another build of it. */
  readonly program?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * What takes long on the database, done by a process beside us, which is there while it is asked: so
 * this one goes on answering. One job after another.
 */
export class Aside {
  readonly #file: string;
  readonly #options: AsideOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last = 0;

  /** @param file the database, which its owner shares */
  constructor(file: string, options: AsideOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** @returns `ok`, or the first thing that is wrong; E_STORE_DAMAGED where even that cannot be said */
  async check(): Promise<string> {
    return z.string().parse(await this.#ask({ kind: 'check' }));
  }

  async talks(query: TalkQuery): Promise<readonly Talk[]> {
    return talkList.parse(await this.#ask({ kind: 'talks', ...query }));
  }

  async hours(since: number): Promise<readonly HourTotal[]> {
    return hourTotals.parse(await this.#ask({ kind: 'hours', since }));
  }

  /** @throws PortolanError as `copyStore` */
  async copy(to: string): Promise<StoreCopy> {
    return copied.parse(await this.#ask({ kind: 'copy', to }));
  }

  /** Ends it, whatever it does: it only reads, and what it copies has no name yet. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #ask(job: AsideJob): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#child ??= this.#start();
      this.#waiting.set(id, { resolve, reject });
      // Where it does not arrive, the end of the process says so.
      this.#child.send({ id, job }, () => {});
    });
  }

  #start(): ChildProcess {
    const { nice = 0, program = programFile() } = this.#options;
    const child = fork(program, [this.#file, String(nice)], { env: {}, execArgv: [] });
    child.on('message', (message) => this.#take(message));
    child.once('error', () => this.#ended(child)).once('exit', () => this.#ended(child));
    return child;
  }

  #take(message: unknown): void {
    const reply = asideReply.parse(message);
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#rest(), IDLE).unref();
    if (reply.kind === 'done') waiting?.resolve(reply.value);
    else waiting?.reject(new PortolanError(reply.code, reply.message, { remedy: reply.remedy }));
  }

  #rest(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.disconnect();
  }

  #ended(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    for (const { reject } of this.#waiting.values()) reject(endedEarly());
    this.#waiting.clear();
  }
}

function programFile(): string {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((one) =>
    existsSync(one),
  );
  if (file !== undefined) return file;
  throw new PortolanError(
    'E_MISSING_TOOL',
    'What works on the database is not beside the program',
    {
      remedy: 'Build it: npm run build',
    },
  );
}

function endedEarly(): PortolanError {
  return new PortolanError('E_NETWORK', 'What worked on the database ended before its time', {
    remedy: 'Ask again; if it ends again, look at the disk: dmesg',
  });
}
