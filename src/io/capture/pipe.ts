import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortolanError } from '../../base/errors.ts';
import type { Packet } from '../../wire/packet.ts';
import { Feed } from './feed.ts';
import { findProgram } from './find-program.ts';
import type { CaptureRequest, Method } from './messages.ts';
import { nameOf } from './rights.ts';

/** The tools that can stand in for the ring: their frames come through a pipe, as pcap. */
export type Tool = Exclude<Method, 'ring'>;

/** Milliseconds between two looks at what a tool has said. */
const LOOK_AGAIN = 20;
/** Octets of what a tool says that are kept. */
const WORDS = 4096;

/** A tool that captures. It is started without a shell, and its name is looked for on the path. */
export class CapturePipe {
  /** By what the tool says of itself; undefined until it does. */
  dropped: number | undefined;
  readonly #tool: Tool;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<void>;
  #words = '';
  #isAbandoned = false;
  #isRefused = false;

  /** @throws PortolanError E_MISSING_TOOL */
  constructor(tool: Tool, request: CaptureRequest) {
    if (tool === 'dumpcap' && process.getuid?.() === 0) throw forOthers();
    const program = findProgram(tool);
    if (program === undefined) throw missing(tool);
    this.#tool = tool;
    const [first = program, ...rest] = bound([program, ...argumentsOf(tool, request)]);
    this.#child = spawn(first, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    });
    // Not `once` of node:events: it would fail with a signal that is refused.
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()));
    this.#child.on('error', () => {
      this.#isRefused = true;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#listen(text));
  }

  /** Asks the tool how many packets it lost; it answers when it likes. */
  ask(): void {
    // tcpdump(1): SIGUSR1 prints statistics. dumpcap has no such thing, and would end.
    if (this.#tool === 'tcpdump') this.#signal('SIGUSR1');
  }

  stop(): void {
    // One that has become somebody else may refuse; the end of its pipe ends it.
    if (this.#child.exitCode !== null || this.#signal('SIGINT')) return;
    this.#isAbandoned = true;
    this.#child.stdout.destroy();
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#child.stdout) if (Buffer.isBuffer(chunk)) yield chunk;
    } catch (error) {
      if (!this.#isAbandoned) throw error;
    }
  }

  #signal(name: NodeJS.Signals): boolean {
    this.#isRefused = false;
    // A refusal is told by the event, before `kill` returns.
    return this.#child.kill(name) && !this.#isRefused;
  }

  /**
   * Resolves when the tool has opened the interface, which it says on its standard error.
   *
   * @throws PortolanError where it ended instead
   */
  async opened(): Promise<void> {
    while (!/listening on|^File: /m.test(this.#words)) {
      if (this.#child.pid === undefined || this.#child.exitCode !== null) throw this.#failure();
      await sleep(LOOK_AGAIN);
    }
  }

  /**
   * Reads until the tool ends, or until `onPacket` wants no more.
   *
   * @param onChunk after each piece, to tell what was gathered
   * @throws PortolanError E_NO_PERMISSION, E_NETWORK, in words of ours and of the tool
   */
  async read(onPacket: (packet: Packet) => boolean, onChunk: () => Promise<void>): Promise<void> {
    let goesOn = true;
    const feed = new Feed((packet) => {
      if (goesOn) goesOn = onPacket(packet);
    });
    for await (const chunk of this.#pieces()) {
      feed.push(chunk);
      await onChunk();
      if (!goesOn) break;
    }
    this.stop();
    if (this.#isAbandoned) return;
    await this.#closed;
    const { exitCode } = this.#child;
    if (goesOn && exitCode !== null && exitCode !== 0) throw this.#failure();
  }

  #listen(text: string): void {
    this.#words = (this.#words + text).slice(-WORDS);
    for (const [, count] of this.#words.matchAll(/(\d+) packets? dropped by kernel/g)) {
      this.dropped = Number(count);
    }
  }

  #failure(): PortolanError {
    const last = this.#words.trim().split('\n').at(-1) ?? '';
    if (this.#child.pid === undefined || /permission|not permitted|EACCES/i.test(this.#words)) {
      return new PortolanError('E_NO_PERMISSION', `${this.#tool} may not capture: ${last}`, {
        remedy: 'Three ways to allow it: portolan setup capture',
      });
    }
    return new PortolanError('E_NETWORK', `${this.#tool} ended: ${last}`, {
      remedy: 'What was seen is kept. The interfaces that there are: portolan watch -D',
    });
  }
}

/** The kernel ends the tool with us, by whatever way we end (prctl(2), PR_SET_PDEATHSIG). */
function bound(command: readonly string[]): readonly string[] {
  const setpriv = findProgram('setpriv');
  return setpriv === undefined ? command : [setpriv, '--pdeathsig', 'KILL', ...command];
}

/** tcpdump(1), dumpcap(1). Everything that a user wrote is one argument behind its flag. */
function argumentsOf(tool: Tool, request: CaptureRequest): readonly string[] {
  const { interface: name, filter, promiscuous, direction, user } = request;
  const quiet = promiscuous ? [] : ['-p'];
  if (tool === 'dumpcap') {
    return ['-q', '-P', '-i', name, '-w', '-', ...quiet, ...(filter === '' ? [] : ['-f', filter])];
  }
  // Root's tcpdump becomes whom we become, so that we may still ask and stop it.
  const account = process.getuid?.() === 0 ? nameOf(user?.uid ?? 65_534) : undefined;
  const becomes = account === undefined ? [] : ['-Z', account];
  const way = direction === 'both' ? [] : ['-Q', direction];
  // -U: a quiet network's packets come when they are seen, not when 4 KiB are full.
  const flags = [...quiet, ...way, ...becomes, '-n', '-U', '-s', '0'];
  return ['-i', name, '-w', '-', ...flags, ...(filter === '' ? [] : ['--', filter])];
}

/** It cannot be made to give up root, and what has become nobody may not end it. */
function forOthers(): PortolanError {
  return new PortolanError('E_MISSING_TOOL', 'dumpcap is for accounts without root', {
    remedy: 'Root captures by the ring or by tcpdump: sudo apt install tcpdump',
  });
}

function missing(tool: Tool): PortolanError {
  const name = tool === 'dumpcap' ? 'wireshark-common' : tool;
  return new PortolanError('E_MISSING_TOOL', `There is no ${tool} on this machine`, {
    remedy: `Install it: sudo apt install ${name}`,
  });
}
