import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { Gather } from '../../../src/io/scan/gather.ts';
import type { Limits } from '../../../src/io/scan/limits.ts';
import { Allotment, LIMITS } from '../../../src/io/scan/limits.ts';
import { Stream } from '../../../src/io/scan/stream.ts';
import { peer } from './harness.ts';

const HOST = '127.93.0.1';
const NOTHING = new Uint8Array(0);
const PATIENCE = { first: 300, silence: 150 };

describe('an answer', () => {
  test.each([
    ['of a device that floods: the first 64 KiB', (write: Write) => flood(write), {}, 65_536],
    [
      'beyond the bytes of the port: nothing',
      (write: Write) => flood(write),
      { portBytes: 100 },
      100,
    ],
    ['in one piece', (write: Write) => write('hello'), {}, 5],
    ['in pieces', (write: Write) => pieces(write, 3, 20), {}, 3],
    ['of a device that says nothing', () => {}, {}, 0],
  ])('%s', async (_, serve, limits, length) => {
    const answer = await ask(serve, { ...limits });
    expect(answer.length).toBe(length);
  });

  test('ends with the time of the port, though a byte trickles in for ever', async () => {
    const answer = await ask((write) => pieces(write, 1000, 30), { port: 400 });
    expect(answer.length).toBeGreaterThan(3);
    expect(answer.length).toBeLessThan(100);
  });

  test('ends as soon as it is whole', async () => {
    // With this patience only `complete` can end it before the test's own time is up.
    const answer = await ask(
      (write) => write('whole'),
      {},
      {
        patience: { first: 600_000, silence: 600_000 },
        complete: (received) => received.length === 5,
      },
    );
    expect(Buffer.from(answer).toString()).toBe('whole');
  });

  test('ends when the device hangs up', async () => {
    const server = await peer(HOST, (socket) => socket.end('bye'));
    const answer = await exchange(
      server.port,
      {},
      {
        patience: { first: 600_000, silence: 600_000 },
      },
    );
    await server.close();
    expect(Buffer.from(answer).toString()).toBe('bye');
  });

  test('is read anew a few times, not with each of many small pieces', async () => {
    let looks = 0;
    let read = 0;
    const answer = await ask(
      (write) => pieces(write, 3000, 0),
      {},
      {
        complete: (received) => {
          looks += 1;
          read += received.length;
          return false;
        },
      },
    );
    expect(answer.length).toBe(3000);
    // With every piece it would be 4.5 million bytes.
    expect(read).toBeLessThan(3000 * 60);
    expect(looks).toBeGreaterThan(0);
  });
});

test('between questions nothing is read: a flood fills the buffers of whoever sends it', async () => {
  let sent = 0;
  const server = await peer(HOST, (socket) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536))) sent += 65_536;
    };
    socket.on('drain', more);
    more();
  });
  const { stream, close } = await open(server.port, () => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = sent;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(sent).toBe(before);
  expect(stream.isOver).toBe(false);
  close();
  await server.close();
});

test('bytes are gathered up to a bound, whatever the pieces', () => {
  const gather = new Gather(1000);
  for (let index = 0; index < 700; index += 1) gather.add(Uint8Array.of(index & 0xff, 1));
  expect([gather.size, gather.isFull, gather.view().length]).toEqual([1000, true, 1000]);
  expect(gather.view()[998]).toBe(499 & 0xff);
});

type Write = (text: string | Buffer) => boolean;
interface Asking {
  readonly patience?: { first: number; silence: number };
  complete?(received: Uint8Array): boolean;
}

async function ask(
  serve: (write: Write) => unknown,
  limits: Partial<Limits>,
  asking: Asking = {},
): Promise<Uint8Array> {
  const server = await peer(HOST, (socket) => {
    socket.setNoDelay(true);
    serve((text) => !socket.destroyed && socket.write(text));
  });
  const answer = await exchange(server.port, limits, asking);
  await server.close();
  return answer;
}

async function exchange(
  port: number,
  limits: Partial<Limits>,
  { patience = PATIENCE, complete = () => false }: Asking,
): Promise<Uint8Array> {
  let counted = 0;
  const { stream, close } = await open(port, (bytes) => {
    counted += bytes;
  });
  const allotment = new Allotment({ ...LIMITS, ...limits });
  const answer = await stream.exchange({ send: NOTHING, complete }, patience, allotment);
  expect(counted).toBeGreaterThanOrEqual(answer.length);
  close();
  return Uint8Array.from(answer);
}

function open(
  port: number,
  received: (bytes: number) => void,
): Promise<{ stream: Stream; close: () => void }> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      const traffic = { turn: () => Promise.resolve(), sent: () => {}, charge: () => {}, received };
      const stream = new Stream(socket, traffic, () => {});
      resolve({ stream, close: () => stream.close() });
    });
  });
}

function flood(write: Write): void {
  const timer = setInterval(() => {
    if (!write(Buffer.alloc(65_536))) clearInterval(timer);
  }, 1);
}

function pieces(write: Write, count: number, pause: number): void {
  let left = count;
  const next = (): void => {
    left -= 1;
    if (!write('x') || left === 0) return;
    if (pause === 0) setImmediate(next);
    else setTimeout(next, pause);
  };
  next();
}
