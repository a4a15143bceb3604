import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Skipped } from './device.ts';

/** What a device's process says when it listens. */
export interface Ready {
  readonly device: string;
  readonly skipped: readonly Skipped[];
  /** Where something simple answers in place of a real server, and why. */
  readonly standIns: readonly Skipped[];
}

/**
 * The processes of the devices. Each holds the other end of a pipe and ends when that closes, so
 * that none can outlive this process, however it ends.
 */
export class Fleet {
  readonly #children: ChildProcess[] = [];

  /** Resolves when it listens. @throws Error with the last words of a process that ended first */
  start(command: readonly string[]): Promise<Ready> {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#children.push(child);
    child.stdin.on('error', () => {});
    let lastWords = '';
    child.stderr.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-2000);
    });
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (line) => resolve(readyOf(line)));
      child.once('error', reject);
      child.once('exit', (status) =>
        reject(new Error(`${args.join(' ')} ended with ${status ?? 'a signal'}: ${lastWords}`)),
      );
    });
  }

  /** Resolves when the last has ended. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(
        (child) =>
          new Promise<void>((resolve) => {
            if (child.exitCode !== null || child.signalCode !== null) return resolve();
            child.once('exit', () => resolve());
            child.stdin?.end();
          }),
      ),
    );
  }
}

function readyOf(line: string): Ready {
  const value: Ready = JSON.parse(line); // Our own process wrote it.
  return value;
}
