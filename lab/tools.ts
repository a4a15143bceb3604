import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Transport } from '../src/model/core.ts';

const run = promisify(execFile);

/** Where servers live, though a user's PATH often leaves the first three out. */
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** The program's path, or undefined where this machine does not have it. */
export function find(program: string): string | undefined {
  if (isAbsolute(program)) return isExecutable(program) ? program : undefined;
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...path, ...FOLDERS].map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a short command to its end; it never throws for a status. */
export async function execute(command: readonly string[], input?: string): Promise<Output> {
  const [program = '', ...args] = command;
  try {
    const running = run(find(program) ?? program, args, { maxBuffer: 1 << 24, encoding: 'utf8' });
    running.child.stdin?.on('error', () => {}); // It may end before it reads all: its status tells.
    running.child.stdin?.end(input ?? '');
    return { status: 0, ...(await running) };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Output {
  const field = (name: string): unknown =>
    error instanceof Error && name in error ? Reflect.get(error, name) : undefined;
  const code = field('code');
  const stderr = String(field('stderr') ?? '');
  return {
    status: typeof code === 'number' ? code : 127,
    stdout: String(field('stdout') ?? ''),
    stderr: stderr === '' && error instanceof Error ? error.message : stderr,
  };
}

/**
 * Starts a server that cannot outlive this process: the kernel kills it when its parent ends, by
 * whatever way (prctl(2), PR_SET_PDEATHSIG).
 */
export function spawnBound(command: readonly string[], options: SpawnOptions): ChildProcess {
  const setpriv = find('setpriv');
  const [program = '', ...args] =
    setpriv === undefined ? command : [setpriv, '--pdeathsig', 'KILL', ...command];
  const child = spawn(program, args, options);
  child.on('error', () => {}); // It then never listens, and is reported as skipped.
  process.on('exit', () => child.kill('SIGKILL'));
  return child;
}

/** Whether something listens there, from the kernel's own table: a test connection would be noise. */
export function listens(transport: Transport, address: string, port: number): boolean {
  const wanted = `${hexAddress(address)}:${hexPort(port)}`;
  const any = `:${hexPort(port)}`;
  return [`/proc/self/net/${transport}`, `/proc/self/net/${transport}6`].some((file) =>
    lines(file).some((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const open = transport === 'udp' || state === LISTEN;
      return open && (local === wanted || /^0+:/.test(local)) && local.endsWith(any);
    }),
  );
}

/** TCP_LISTEN of the kernel. */
const LISTEN = '0A';

export async function untilListening(
  transport: Transport,
  address: string,
  ports: readonly number[],
  child: ChildProcess,
): Promise<boolean> {
  for (let tries = 0; tries < 250; tries += 1) {
    if (ports.every((port) => listens(transport, address, port))) return true;
    if (child.exitCode !== null || child.signalCode !== null) return false;
    await sleep(20);
  }
  return false;
}

/** As the kernel of a little-endian machine prints it. */
function hexAddress(address: string): string {
  const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return parts.reverse().join('').toUpperCase();
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** A counter of /proc/net/snmp of this namespace: `Tcp`, `AttemptFails`. */
export function counter(group: string, name: string): number {
  const rows = lines('/proc/self/net/snmp').filter((line) => line.startsWith(`${group}:`));
  const at = rows[0]?.split(' ').indexOf(name) ?? -1;
  return at < 0 ? 0 : Number(rows[1]?.split(' ')[at] ?? 0);
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
