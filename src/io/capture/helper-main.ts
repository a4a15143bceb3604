import { runHelper } from './helper.ts';
import { LineQueue } from './line-queue.ts';
import type { CaptureRequest } from './messages.ts';

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

const queue = new LineQueue(1, () => process.exit(0));

const [, , text = ''] = process.argv;
// Written by ourselves a moment ago, and handed over by the process that started us.
const request: CaptureRequest = JSON.parse(text);
await runHelper(request, {
  send: (message) => queue.push(JSON.stringify(message)),
  room: () => queue.room(),
  stop: stop.signal,
});
await queue.end();
process.exit(0);
