import { expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { loadConfig } from '../../../src/io/config.ts';
import type { ScanQueueOptions } from '../../../src/io/daemon/scans.ts';
import { ScanQueue } from '../../../src/io/daemon/scans.ts';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';
import type { ScanRecord } from '../../../src/model/scan.ts';

const HERE = { targets: ['127.0.0.1'], ports: 'T:9' };

interface Begun {
  readonly id: string;
  readonly end: (record: Partial<ScanRecord>) => void;
  readonly fail: (error: Error) => void;
  readonly signal: AbortSignal;
  readonly hearer: Parameters<ScanQueueOptions['run']>[2];
}

/** A queue whose scans end when they are told to. */
function queue() {
  const begun: Begun[] = [];
  const events: ApiEvent[] = [];
  const audit: string[] = [];
  const failed: unknown[] = [];
  let now = 0;
  const scans = new ScanQueue({
    settings: loadConfig({ file: 'none', env: {} }).settings,
    now: () => now,
    site: () => ({ at: 0, devices: [], services: [], ledger: [], findings: [], scans: [] }),
    run: (plan, signal, hearer) =>
      new Promise<ScanRecord>((resolve, fail) => {
        const record = scans.get(plan.id);
        const end = (parts: Partial<ScanRecord>): void => {
          if (record !== undefined) resolve({ ...record, ...parts });
        };
        signal.addEventListener('abort', () => end({ outcome: 'interrupted' }));
        begun.push({ id: plan.id, end, fail, signal, hearer });
      }),
    publish: (event) => events.push(event),
    audit: (who, what) => audit.push(`${who}: ${what}`),
    onError: (error) => failed.push(error),
  });
  const wait = (milliseconds: number): void => {
    now += milliseconds;
  };
  return { scans, begun, events, audit, failed, wait };
}

async function settle(): Promise<void> {
  await new Promise(setImmediate);
}

test('one runs, the next waits, and both are told of', async () => {
  const { scans, begun, events, audit } = queue();
  const first = await scans.start(HERE, 'user:mira');
  const second = await scans.start(HERE, 'user:mira');
  await settle();
  expect(begun.map(({ id }) => id)).toEqual([first.id]);
  expect(scans.running().map(({ id }) => id)).toEqual([first.id, second.id]);
  begun[0]?.end({ outcome: 'complete', endedAt: 9 });
  await settle();
  expect(begun.map(({ id }) => id)).toEqual([first.id, second.id]);
  expect(scans.get(first.id)).toMatchObject({ outcome: 'complete', phase: 'done' });
  expect(audit).toHaveLength(2);
  expect(events.every(({ type }) => type === 'scan.progress')).toBe(true);
});

test('how far it is, and how long it takes still', async () => {
  const { scans, begun, wait } = queue();
  const { id } = await scans.start(HERE, 'user:mira');
  await settle();
  const [one] = begun;
  const state = { phase: 'ports', done: 1, total: 100, devices: 1, services: 0 } as const;
  one?.hearer.show({ ...state, current: '127.0.0.1' });
  expect(scans.get(id)).toMatchObject({ phase: 'ports', done: 1, total: 100 });
  expect(scans.get(id)?.left).toBeUndefined();
  wait(10_000);
  one?.hearer.show({ ...state, done: 25, current: '127.0.0.1' });
  expect(scans.get(id)?.left).toBe(30_000);
  one?.end({ outcome: 'complete' });
  await settle();
  expect(scans.get(id)?.left).toBeUndefined();
});

test('one that is stopped ends, whether it runs or waits', async () => {
  const { scans, begun } = queue();
  const first = await scans.start(HERE, 'user:mira');
  const second = await scans.start(HERE, 'user:mira');
  await settle();
  expect([scans.stop(second.id), scans.stop(first.id)]).toEqual([true, true]);
  await settle();
  expect(begun.map(({ id }) => id)).toEqual([first.id]);
  expect([first, second].map(({ id }) => scans.get(id)?.outcome)).toEqual([
    'interrupted',
    'interrupted',
  ]);
  expect([scans.stop(first.id), scans.stop('PTL-S-NONE')]).toEqual([false, false]);
});

test('one that fails says why, and the next has its turn', async () => {
  const { scans, begun, failed } = queue();
  const first = await scans.start(HERE, 'user:mira');
  await scans.start(HERE, 'user:mira');
  await settle();
  begun[0]?.fail(new PortolanError('E_DISK_FULL', 'The disk is full', { remedy: 'Make room' }));
  await settle();
  expect(scans.get(first.id)).toMatchObject({ outcome: 'partial', notes: ['The disk is full'] });
  expect([begun.length, failed.length]).toEqual([2, 1]);
});

test.each([
  ['an address that is not ours', { targets: ['8.8.8.8'] }, 'E_SCOPE'],
  ['what is no target', { targets: ['999.1.2.3'] }, 'E_TARGET'],
  ['a device that is not known', { targets: ['device:nobody'] }, 'E_NOT_FOUND'],
  ['ports that are none', { targets: ['127.0.0.1'], ports: '99999' }, 'E_PORTS'],
])('%s is refused, and nothing is written down', async (_, request, code) => {
  const { scans, audit } = queue();
  await expect(scans.start(request, 'user:mira')).rejects.toMatchObject({ code });
  expect([audit, scans.running()]).toEqual([[], []]);
});

test('more than so many do not wait', async () => {
  const { scans } = queue();
  for (let count = 0; count < 16; count += 1) await scans.start(HERE, 'user:mira');
  await expect(scans.start(HERE, 'user:mira')).rejects.toThrow('wait for their turn');
});

test('the end stops all of them', async () => {
  const { scans, begun } = queue();
  await scans.start(HERE, 'user:mira');
  await scans.start(HERE, 'user:mira');
  await settle();
  await scans.close();
  expect([begun.length, scans.running().length]).toEqual([1, 0]);
});
