import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../../src/io/store/open.ts';
import { HttpSink } from './http-sink.ts';

const NOTICES = 50;
const KILLS = 12;
/** From here on the clock of the programs runs fast, the same for all of them. */
const ORIGIN = String(Date.now());

let folder = '';
let tool = '';
let program = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-killed-'));
  // Inside the package, so that the program finds libsql where the product does.
  tool = mkdtempSync(join(import.meta.dirname, '../../../node_modules/.portolan-test-'));
  const build = await rolldown({
    input: join(import.meta.dirname, 'killed-deliverer.ts'),
    platform: 'node',
    external: [/^node:/, /^libsql/, 'nodemailer', 'mqtt'],
  });
  program = join(tool, 'killed-deliverer.mjs');
  await build.write({ file: program, format: 'esm', codeSplitting: false });
  await build.close();
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(tool, { recursive: true, force: true });
});

test(`after ${KILLS} kills every notice arrived, in order, and a double has the same id`, {
  timeout: 120_000,
}, async () => {
  const sink = await new HttpSink((response) => {
    // Slow enough that a kill often comes between the sink's taking it and our knowing it.
    setTimeout(() => response.writeHead(204).end(), 4);
  }).listen();
  const data = join(folder, 'data');
  const run = async (killAfter: number | undefined): Promise<number | null> => {
    const child = spawn(process.execPath, [program, data, sink.url(), `${NOTICES}`, ORIGIN], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const before = sink.received.length;
    const ended = once(child, 'exit');
    if (killAfter !== undefined) {
      while (sink.received.length < before + killAfter && child.exitCode === null) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      child.kill('SIGKILL');
    }
    await ended;
    return child.exitCode;
  };
  for (let kill = 0; kill < KILLS; kill += 1) await run(1 + (kill % 4));
  expect(await run(undefined)).toBe(0);
  sink.close();

  const ids = sink.received.map(({ headers }) => String(headers['webhook-id']));
  const firsts = [...new Set(ids)];
  expect(firsts).toEqual(Array.from({ length: NOTICES }, (_, number) => `n${number}`));
  expect(ids.length).toBeLessThanOrEqual(NOTICES + KILLS);
  const store = openStore(data);
  expect(store.outbox.counts()).toEqual([{ channel: 'hook', state: 'sent', count: NOTICES }]);
  store.close();
});

test('two processes that deliver one outbox tell everything once, in order', {
  timeout: 60_000,
}, async () => {
  const sink = await new HttpSink((response) => {
    setTimeout(() => response.writeHead(204).end(), 2);
  }).listen();
  const data = join(folder, 'shared');
  // Whoever owns it, as a watcher or the daemon does, lets the two in.
  const owner = openStore(data, { shared: true });
  const both = await Promise.all(
    [1, 2].map(async () => {
      const child = spawn(process.execPath, [program, data, sink.url(), `${NOTICES}`, ORIGIN], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      await once(child, 'exit');
      return child.exitCode;
    }),
  );
  sink.close();
  owner.close();
  expect(both).toEqual([0, 0]);
  expect(sink.received.map(({ headers }) => headers['webhook-id'])).toEqual(
    Array.from({ length: NOTICES }, (_, number) => `n${number}`),
  );
});
