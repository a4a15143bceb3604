import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import type { Device } from '../src/model/device.ts';
import type { ScanRecord } from '../src/model/scan.ts';
import type { Service } from '../src/model/service.ts';

/** The built product: these benches measure what users run. */
export const PRODUCT = join(import.meta.dirname, '../portolan.js');

/** What `portolan scan --json` prints, as far as benches read it. */
export interface ScanDocument {
  readonly scan: ScanRecord;
  readonly devices: readonly Device[];
  readonly services: readonly Service[];
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs a command to its end, or to the end of its time. */
export type Runner = (argv: readonly string[], limitSeconds: number) => Promise<Ran>;

/** Here: in whatever namespace this process is. */
export const here: Runner = (argv, limitSeconds) => {
  const [program = '', ...args] = argv;
  const began = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitSeconds * 1000,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve) => {
    const end = (status: number): void =>
      resolve({
        status,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        seconds: (performance.now() - began) / 1000,
      });
    child.once('error', () => end(127));
    child.once('close', (status) => end(status ?? 137));
  });
};

export interface ScanRun extends ScanDocument {
  /** From the start of the process to its end. */
  readonly seconds: number;
  /** Highest resident size of the process, in MiB (VmHWM). */
  readonly peakMebibytes: number;
}

/** One scan by the product, with a store of its own that is thrown away. */
export async function scan(
  run: Runner,
  args: readonly string[],
  limitSeconds = 600,
): Promise<ScanRun> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-scan-'));
  try {
    const status = join(folder, 'status');
    const options = ['--json', '--quiet', '--config', 'none', '--data', join(folder, 'data')];
    const command = [process.execPath, '--import', statusAtExit(status), PRODUCT, 'scan'];
    const ran = await run([...command, ...args, ...options], limitSeconds);
    // 1: findings; 5: partial, which its record explains.
    if (![0, 1, 5].includes(ran.status) || ran.stdout === '') {
      throw new Error(`the scan ended with ${ran.status}: ${ran.stderr.slice(-2000)}`);
    }
    const document: ScanDocument = JSON.parse(ran.stdout); // The product of this build wrote it.
    return { ...document, seconds: ran.seconds, peakMebibytes: peakIn(status) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The kernel forgets the highest resident size with the process, which therefore writes it down. */
function statusAtExit(file: string): string {
  const script = [
    "import { readFileSync, writeFileSync } from 'node:fs';",
    `const file = ${JSON.stringify(file)};`,
    "process.on('exit', () => writeFileSync(file, readFileSync('/proc/self/status')));",
  ].join('\n');
  return `data:text/javascript,${encodeURIComponent(script)}`;
}

function peakIn(file: string): number {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? Number.NaN : Number(kibibytes) / 1024;
}

/** In the lab: where its sensor stands. */
export function inLab(lab: Lab): Runner {
  return async (argv, limitSeconds) => {
    const began = performance.now();
    const output = await lab.exec(argv, { timeout: limitSeconds * 1000 });
    return { ...output, seconds: (performance.now() - began) / 1000 };
  };
}
