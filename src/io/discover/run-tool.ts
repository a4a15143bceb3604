import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

type Running = ChildProcessByStdio<null, Readable, null>;

/** Bytes of output that are kept: a neighbour table of 4,000 entries has 300 kB. */
const OUTPUT_CAP = 4 * 1024 * 1024;
/** `ip` lies in an sbin folder, which is not on every user's path. */
const SEARCH_PATH = [process.env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin']
  .filter(Boolean)
  .join(':');

export interface ToolResult {
  /** Null where it was ended by us. */
  readonly status: number | null;
  readonly output: string;
}

/**
 * Runs a program of the system by argument vector, without a shell and without input.
 *
 * @returns undefined where it is not installed or may not be run
 */
export function runTool(
  program: string,
  argv: readonly string[],
  options: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<ToolResult | undefined> {
  if (options.signal.aborted) return Promise.resolve(undefined);
  const child = started(program, argv, options);
  if (child === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < OUTPUT_CAP) chunks.push(chunk);
      size += chunk.length;
    });
    // Also when the signal ends it; 'close' follows only where it was started.
    child.on('error', () => resolve(undefined));
    child.on('close', (status) => {
      const output = Buffer.concat(chunks).subarray(0, OUTPUT_CAP).toString('utf8');
      resolve({ status, output });
    });
  });
}

function started(
  program: string,
  argv: readonly string[],
  { milliseconds, signal }: { readonly milliseconds: number; readonly signal: AbortSignal },
): Running | undefined {
  try {
    return spawn(program, argv, {
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: milliseconds,
      signal,
      // Its words are parsed: they must not be translated, nor its times be of some zone.
      env: { PATH: SEARCH_PATH, LC_ALL: 'C', TZ: 'UTC0' },
    });
  } catch {
    // Node throws what it does not tell by an event: EPERM, where a container has taken the right
    // that stands on the file (ping has CAP_NET_RAW on some systems).
    return undefined;
  }
}
