import { writeSync } from 'node:fs';
import { runHelper } from './helper.ts';
import type { CaptureMessage, CaptureRequest } from './messages.ts';

/*
 * The process that captures. It is told what in its one argument, answers on standard output, and
 * ends with its standard input: if whoever started it dies, so does it.
 */

const stop = new AbortController();
const end = (): void => stop.abort();
// Ctrl-C reaches the whole group: whoever started us says when it is over.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.stdin.on('end', end).on('error', end).resume();

function send(message: CaptureMessage): void {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  try {
    for (let done = 0; done < line.length; ) done += writeLine(line, done);
  } catch {
    // Nobody listens any more.
    process.exit(0);
  }
}

/** A pipe that is full takes what it can; the packets wait in the ring meanwhile. */
function writeLine(line: Buffer, from: number): number {
  try {
    return writeSync(1, line, from);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0;
    throw error;
  }
}

const [, , text = ''] = process.argv;
// Written by ourselves a moment ago, and handed over by the process that started us.
const request: CaptureRequest = JSON.parse(text);
await runHelper(request, send, stop.signal);
process.exit(0);
