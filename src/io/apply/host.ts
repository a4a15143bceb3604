import { spawn } from 'node:child_process';
import { PortolanError } from '../../base/errors.ts';
import { findProgram } from '../capture/find-program.ts';
import { ZONE } from './listing.ts';

export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The machine whose firewall is changed. Commands are argument vectors; no word meets a shell. */
export interface Host {
  /** For sentences: `this machine`, `root@192.0.2.1`. */
  readonly name: string;
  /** Of ours on that machine: rules, what to restore, which change is in force. */
  readonly folder: string;
  /** @throws PortolanError where the machine or the program cannot be reached */
  run(command: readonly string[], input?: string): Promise<Output>;
  /** Why a new connection to it does not get through; undefined where it does. Not of this machine. */
  reach?(): Promise<string | undefined>;
  /** Resolves when whoever holds the right for us is no more, where that can be told. */
  readonly ended?: Promise<void>;
  close(): void;
}

/** Octets that one command may print: a ruleset of 100,000 elements takes 3 MB. */
const MOST_OUTPUT = 1 << 26;
/** Milliseconds that a command may take: `nft -f` of 7,000 anonymous sets took 20 s on a busy machine. */
const PATIENCE = 120_000;

/** Runs a program to its end and collects what it prints. */
export function execute(
  command: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = { TZ: ZONE },
): Promise<Output> {
  const [name = '', ...args] = command;
  const program = findProgram(name);
  if (program === undefined) return Promise.reject(missing(name));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, timeout: PATIENCE, killSignal: 'SIGKILL' });
    const parts: { out: Buffer[]; err: Buffer[]; size: number } = { out: [], err: [], size: 0 };
    const take = (into: Buffer[]) => (chunk: Buffer) => {
      parts.size += chunk.length;
      if (parts.size > MOST_OUTPUT) child.kill('SIGKILL');
      else into.push(chunk);
    };
    child.stdout.on('data', take(parts.out));
    child.stderr.on('data', take(parts.err));
    child.stdin.on('error', () => {}); // It may end before it reads all: its status tells.
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (status, signal) =>
      resolve({
        status: status ?? (signal === null ? 1 : 128),
        stdout: Buffer.concat(parts.out).toString('utf8'),
        stderr: Buffer.concat(parts.err).toString('utf8'),
      }),
    );
  });
}

const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
  ['ssh', 'openssh-client'],
  ['unshare', 'util-linux'],
]);

export function missing(name: string): PortolanError {
  const debian = PACKAGES.get(name) ?? name;
  return new PortolanError('E_MISSING_TOOL', `${name} is not installed here`, {
    remedy: `Install it: sudo apt install ${debian}`,
  });
}
