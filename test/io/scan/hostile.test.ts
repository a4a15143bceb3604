import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { factsOf, peer, run, UNKNOWN } from './harness.ts';

/** A device with 33 misbehaviours; it lies beside the repository where this is developed. */
const TOOL = join(import.meta.dirname, '../../../../shared/tools/hostile/device.py');
const HOST = '127.97.0.1';
/** Behaviours by number; 26 is the printer and 27 the fragile controller. */
const TCP = Array.from({ length: 26 }, (_, index) => 20_000 + index);
const UDP = Array.from({ length: 5 }, (_, index) => 20_028 + index);
const PRINTER = 20_026;
const CONTROLLER = 20_027;

const isThere = existsSync(TOOL);
let device: ChildProcess | undefined;
/** What the device says of itself: `plc_crashed_by`, `plc_written_by`, `printer_bytes`. */
let log = '';

beforeAll(async () => {
  if (!isThere) return;
  const child = spawn('python3', [TOOL, '--bind', HOST], { stdio: ['ignore', 'pipe', 'ignore'] });
  device = child;
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      log += text.toString();
      if (log.includes('"ready"')) resolve();
    });
  });
}, 20_000);

afterAll(() => {
  device?.kill('SIGKILL');
});

test('all of it ends, bounded, with every port reported', async ({ skip }) => {
  needed(skip);
  const memory = process.memoryUsage().rss;
  const ran = await run({ target: HOST, tcp: TCP, udp: UDP });
  expect(ran.record.outcome).toBe('complete');
  for (const port of [...TCP, 20_028, 20_032]) {
    expect(factsOf(ran, port), `port ${port}`).toContainEqual({ kind: 'open' });
  }
  expect(ran.evidence.map(({ fact }) => fact.kind)).not.toContain('tarpit');
  // The promise is 1 MiB a port and 64 MiB of memory.
  expect(ran.record.budget.bytesReceived).toBeLessThan((TCP.length + UDP.length) * 1_048_576);
  expect(process.memoryUsage().rss - memory).toBeLessThan(64 * 1_048_576);
}, 100_000);

test('the echo is called one, and the endless lines are no protocol', async ({ skip }) => {
  needed(skip);
  const ran = await run({ target: HOST, tcp: [20_004, 20_025] });
  expect(JSON.stringify(factsOf(ran, 20_025))).toContain('"echo"');
  expect(factsOf(ran, 20_004).map(({ kind }) => kind)).toContain('unrecognised');
});

test('the fragile controller lives and is identified, the printer prints nothing', async ({
  skip,
}) => {
  needed(skip);
  const modbus = await peer(HOST, forward(CONTROLLER), 502);
  const printing = await peer(HOST, forward(PRINTER), 9100);
  const ran = await run({ target: HOST, tcp: [80, 502, 9100, 8080], known: UNKNOWN });
  await Promise.all([modbus.close(), printing.close()]);
  await until(() => log.includes('printer_bytes'));
  expect(log).not.toContain('plc_crashed_by');
  expect(log).not.toContain('plc_written_by');
  expect(log).toContain('"printer_bytes": 0');
  expect(printing.received.length).toBe(0);
  expect(ran.evidence.map(({ fact }) => fact.kind)).not.toContain('distress');
  const names = ran.evidence.flatMap(({ fact }) => (fact.kind === 'speaks' ? [fact.protocol] : []));
  expect(names).toEqual(['modbus']);
}, 60_000);

/** Puts a behaviour at the port where its kind is known. */
function forward(to: number): (socket: ReturnType<typeof connect>) => void {
  return (socket) => {
    const inner = connect(to, HOST);
    inner.on('error', () => socket.destroy());
    socket.on('close', () => inner.destroy());
    socket.pipe(inner).pipe(socket);
  };
}

async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !isDone(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function needed(skip: (note: string) => void): void {
  if (isThere) return;
  if (process.env['CI'] !== undefined) throw new Error(`CI needs ${TOOL}`);
  skip('the hostile device is not beside the repository');
}
