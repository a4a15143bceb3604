import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PortolanError } from '../../base/errors.ts';
import { findProgram } from '../capture/find-program.ts';
import type { Host, Output } from './host.ts';
import { parseReply } from './messages.ts';

/** Where the state of what is in force lives: it survives a restart, and only root may write there. */
export const STATE_FOLDER = '/var/lib/portolan/enforce';

/** Beside the bundle, beside its chunks, or in a source tree that was built. */
const PLACES = ['./enforce.js', '../enforce.js', '../../../dist/enforce.js'];
/** All that a firewall needs (capabilities(7)); the helper gets no other, also from root. */
const ONLY_NET_ADMIN = ['--no-new-privs', '--bounding-set=-all,+net_admin', '--inh-caps=-all'];

export interface LocalOptions {
  readonly folder?: string;
  /** Another build of the helper. */
  readonly helper?: string;
}

/** This machine, through the helper that alone holds the right to change its firewall. */
export function localHost({ folder = STATE_FOLDER, helper }: LocalOptions = {}): Host {
  const file = helper ?? helperFile();
  const setpriv = process.getuid?.() === 0 ? findProgram('setpriv') : undefined;
  const prefix = setpriv === undefined ? [] : [setpriv, ...ONLY_NET_ADMIN, '--'];
  const [program = '', ...args] = [...prefix, process.execPath, file, folder];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
  const calls = new Calls(child);
  return {
    name: 'this machine',
    folder,
    ended: calls.ended,
    run: (command, input = '') => calls.send(command, input),
    close: () => child.stdin?.end(),
  };
}

function helperFile(): string {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((one) =>
    existsSync(one),
  );
  if (file !== undefined) return file;
  throw new PortolanError('E_MISSING_TOOL', 'The enforcing helper is not beside the program', {
    remedy: 'Build it: npm run build',
  });
}

interface Waiting {
  readonly resolve: (output: Output) => void;
  readonly reject: (error: Error) => void;
}

/** Questions that are under way, by their number. */
class Calls {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  readonly ended: Promise<void>;
  #last = 0;
  #rest = '';
  #isOver = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve()).once('close', () => resolve());
    });
    child.stdin?.on('error', () => {}); // Its end is seen below.
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    child.on('error', () => this.#end());
    child.on('close', () => this.#end());
  }

  send(command: readonly string[], input: string): Promise<Output> {
    if (this.#isOver) return Promise.reject(ended());
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, command, input })}\n`);
    });
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const reply = parseReply(line);
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.kind === 'output') waiting?.resolve(reply);
      else waiting?.reject(new PortolanError(reply.code, reply.message, { remedy: reply.remedy }));
    }
  }

  #end(): void {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(ended());
    this.#waiting.clear();
  }
}

function ended(): PortolanError {
  return new PortolanError('E_NETWORK', 'The enforcing helper ended before its time', {
    remedy: 'A change that waits is taken back by its watchdog. See: portolan firewall status',
  });
}
