import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runNotify } from '../../src/cli/notify-run.ts';
import { loadConfig } from '../../src/io/config.ts';
import { Deliverer } from '../../src/io/deliver/deliverer.ts';
import { openStore } from '../../src/io/store/open.ts';
import { HttpSink, status } from '../io/deliver/http-sink.ts';
import { alert, notice } from '../notifiers/samples.ts';
import { runIn } from './stand-in.ts';

const NOW = Date.UTC(2026, 10, 25, 14);

let folder = '';
let sink: HttpSink;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-notify-'));
  sink = await new HttpSink().listen();
  configure(
    `{hook: {type: webhook, url: "${sink.url()}"}, phone: {type: ntfy, url: "${sink.url('/home')}"}}`,
  );
});

afterEach(() => {
  sink.close();
  rmSync(folder, { recursive: true, force: true });
});

function configure(channels: string): void {
  writeFileSync(join(folder, 'portolan.yaml'), `channels: ${channels}\n`);
}

const configFile = (): string => join(folder, 'portolan.yaml');

function run(args: readonly string[], options = {}) {
  return runIn({ data: folder, now: NOW, configFile: configFile() }, runNotify, args, options);
}

/** Leaves notices in the outbox, which a watcher tried and was refused. */
async function refused(count: number): Promise<void> {
  sink.answer = status(400, {}, 'no such room');
  const store = openStore(folder);
  const { settings } = loadConfig({ file: configFile(), env: {} });
  const deliverer = new Deliverer(store, { settings, version: 'test', now: () => NOW });
  for (let number = 0; number < count; number += 1) {
    deliverer.deliver(notice({ id: `n${number}`, alerts: [alert({}, number)] }));
  }
  await deliverer.sendDue();
  await deliverer.close();
  store.close();
}

describe('portolan notify', () => {
  test('without a channel says that nobody is told', async () => {
    configure('{}');
    const { status: left, said } = await run([]);
    expect(left).toBe(0);
    expect(said).toContain('nobody is told');
  });

  test('test sends to every channel and says of each whether it arrived', async () => {
    expect(await run(['test'])).toMatchObject({
      status: 0,
      out: 'hook: delivered\nphone: delivered\n',
    });
    expect(sink.received.map(({ path }) => path).toSorted()).toEqual(['/', '/in']);
  });

  test('test of one that fails says why, with status 3', async () => {
    sink.answer = status(403, {}, 'forbidden');
    expect(await run(['test', 'hook'])).toMatchObject({
      status: 3,
      out: 'hook: not delivered: 403 forbidden\n',
    });
    const { out } = await run(['test', 'hook'], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      schema: 'portolan/notify-test/v1',
      items: [{ channel: 'hook', ok: false, why: '403 forbidden' }],
    });
  });

  test.each([
    [['tset'], 2, 'Did you mean: portolan notify test'],
    [['test', 'hok'], 2, 'Did you mean "hook"?'],
    [['list', 'fax'], 2, 'There is no channel "fax"'],
    [['retry', 'x'], 2, '"x" is no number of a notice'],
    [['drop'], 2, 'Which ones are to be dropped was not said'],
  ])('%j is an error with a way out', async (args, left, said) => {
    const result = await run(args);
    expect(result.status).toBe(left);
    expect(result.said).toContain(said);
  });

  test('what could not be delivered is shown, tried again and forgotten', async () => {
    await refused(2);
    const listed = await run([]);
    expect(listed.out).toContain('hook\twebhook\t0\t0\t2');
    expect(listed.out).toMatch(/parked\t1\t\t400 no such room\tNew port/);
    expect(listed.said).toContain('4 notices not delivered. Again: portolan notify retry');

    expect(await run(['retry', '1'])).toMatchObject({ status: 3 });
    sink.answer = status(204);
    expect(await run(['retry'])).toMatchObject({
      status: 0,
      out: '4 notices tried again; 0 not delivered\n',
    });
    expect((await run(['list'])).out).toContain('hook\twebhook\t2\t0\t0');
    expect((await run(['retry'])).said).toContain('Nothing was parked');

    await refused(0);
    expect(await run(['drop'], { parked: true })).toMatchObject({ out: '0 notices dropped\n' });
  });

  test('dropped ones are not tried again', async () => {
    await refused(2);
    expect(await run(['drop', '1', '2'])).toMatchObject({ status: 0, out: '2 notices dropped\n' });
    sink.answer = status(204);
    expect(await run(['retry'])).toMatchObject({ out: '2 notices tried again; 0 not delivered\n' });
  });

  test('a channel that was removed still shows what it left', async () => {
    await refused(1);
    configure('{}');
    expect((await run(['list'])).out).toContain('hook\tnot configured\t0\t0\t1');
  });

  test('the list for programs', async () => {
    await refused(1);
    const { out } = await run(['list'], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      schema: 'portolan/notify/v1',
      channels: [
        { name: 'hook', type: 'webhook', parked: 1 },
        { name: 'phone', parked: 1 },
      ],
      items: [{ state: 'parked', tries: 1, error: '400 no such room', alerts: ['PTL-A-0000'] }, {}],
    });
  });
});
