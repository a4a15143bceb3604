import type { Socket } from 'node:net';
import type { LabEvent } from './device.ts';
import type { Answer, Talk } from './serve.ts';

/** A client that sends more than this without a whole request is no client of ours. */
const MAX_PENDING = 65_536;
const IDLE_MILLISECONDS = 60_000;

/** Lends a connection to a talk: every whole request is answered, anything else ends it. */
export function converse(
  socket: Socket,
  talk: Talk,
  port: number,
  log: (event: LabEvent) => void,
): void {
  let pending = Buffer.alloc(0);
  let heard = 0;
  if (talk.greeting !== undefined) socket.write(talk.greeting);
  socket.setTimeout(IDLE_MILLISECONDS, () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.length;
    pending = Buffer.concat([pending, chunk]);
    while (pending.length > 0) {
      const answer = pending.length > MAX_PENDING ? TOO_MUCH : talk.hear(pending);
      if (answer.kind === 'more') return;
      if (answer.kind === 'close') {
        log({
          event: 'malformed',
          port,
          detail: `${answer.why}: ${pending.toString('hex', 0, 32)}`,
        });
        pending = Buffer.alloc(0);
        socket.end();
        return;
      }
      pending = pending.subarray(answer.used);
      if (answer.bytes.length > 0) socket.write(answer.bytes);
      if (answer.end === true) {
        pending = Buffer.alloc(0);
        socket.end();
        return;
      }
    }
  });
  socket.on('close', () => log({ event: 'bytes', port, count: heard }));
}

const TOO_MUCH: Answer = { kind: 'close', why: 'too much' };
