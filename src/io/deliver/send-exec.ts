import { spawn } from 'node:child_process';
import type { Outcome } from './outcome.ts';
import { DELIVERED, later, why } from './outcome.ts';

export interface ExecSettings {
  readonly command: readonly string[];
  /** Seconds. */
  readonly timeout: number;
}

/** Octets of what it says on standard error that are kept. */
const SAID = 2048;
/** All that it gets of our environment: no secret of ours is in it. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program with the notice on standard input; status 0 is delivered. No shell is between. */
export function sendExec(
  stdin: string,
  { command, timeout }: ExecSettings,
  signal: AbortSignal,
): Promise<Outcome> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: { PATH, LANG: 'C.UTF-8' },
      stdio: ['pipe', 'ignore', 'pipe'],
      // A group of its own, so that its children end with it.
      detached: true,
    });
    let said = '';
    let isLate = false;
    const kill = (): void => {
      isLate = true;
      endGroup(child.pid);
    };
    const limit = setTimeout(kill, timeout * 1000);
    if (signal.aborted) kill();
    else signal.addEventListener('abort', kill, { once: true });
    const settle = (outcome: Outcome): void => {
      clearTimeout(limit);
      signal.removeEventListener('abort', kill);
      resolve(outcome);
    };
    child.stderr.on('data', (chunk) => {
      said = `${said}${String(chunk)}`.slice(0, SAID);
    });
    // A program that does not read what it is given is free to.
    child.stdin.on('error', () => {}).end(stdin);
    child.once('error', (error) => settle(startError(error)));
    child.once('exit', (status, ended) => {
      // What it left behind would keep our pipe open.
      child.stderr.destroy();
      if (status === 0) return settle(DELIVERED);
      if (isLate) return settle(later(new Error(`it took longer than ${timeout} s`)));
      settle({ kind: 'later', why: why(`it ended with ${status ?? ended}: ${said}`) });
    });
  });
}

function startError(error: Error): Outcome {
  const code: unknown = Object(error).code;
  const isFinal = code === 'ENOENT' || code === 'EACCES';
  return { kind: isFinal ? 'refused' : 'later', why: why(error.message) };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
