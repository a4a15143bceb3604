import type { Socket } from 'node:net';
import type { LabEvent } from './device.ts';
import type { Answer, Talk } from './serve.ts';

/** A client that sends more than this without a whole request is no client of ours. */
const MAX_PENDING = 65_536;
const IDLE_MILLISECONDS = 60_000;
const TOO_MUCH: Answer = { kind: 'close', why: 'too much' };

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
    pending = answerAll(Buffer.concat([pending, chunk]));
  });
  socket.on('close', () => log({ event: 'bytes', port, count: heard }));

  /** What is left for later. */
  function answerAll(received: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
    let rest = received;
    while (rest.length > 0) {
      const answer = rest.length > MAX_PENDING ? TOO_MUCH : talk.hear(rest);
      if (answer.kind === 'more') return rest;
      rest = obey(answer, rest);
    }
    return rest;
  }

  function obey(
    answer: Exclude<Answer, { kind: 'more' }>,
    rest: Buffer<ArrayBuffer>,
  ): Buffer<ArrayBuffer> {
    if (answer.kind === 'close') {
      log({ event: 'malformed', port, detail: `${answer.why}: ${rest.toString('hex', 0, 32)}` });
      socket.end();
      return Buffer.alloc(0);
    }
    if (answer.bytes.length > 0) socket.write(answer.bytes);
    if (answer.end !== true) return rest.subarray(answer.used);
    socket.end();
    return Buffer.alloc(0);
  }
}
