import { afterAll, beforeAll, expect, test } from 'vitest';
import { detectors } from '../../../src/detectors/index.ts';
import { AlertKeeper } from '../../../src/io/alerts/keeper.ts';
import { loadConfig } from '../../../src/io/config.ts';
import { Deliverer } from '../../../src/io/deliver/deliverer.ts';
import { openStore } from '../../../src/io/store/open.ts';
import { SEVERITIES } from '../../../src/model/core.ts';
import { HOUR, mac, START, signal } from '../../alerts/signals.ts';
import { HttpSink } from './http-sink.ts';

let sink: HttpSink;

beforeAll(async () => {
  sink = await new HttpSink().listen();
});

afterAll(() => sink.close());

test('every kind of alert by forty devices within an hour: at most 60 messages, and all of it to be seen', async () => {
  const store = openStore(':memory:');
  let now = START;
  const deliverer = new Deliverer(store, {
    settings: {
      ...loadConfig({ file: 'none', env: {} }).settings,
      channels: { hook: { type: 'webhook', url: sink.url() } },
    },
    version: 'test',
    now: () => now,
  });
  const keeper = new AlertKeeper(store, { deliver: (notice) => deliverer.deliver(notice) });
  const types = detectors.all.flatMap((one) => one.types);
  const storm = Array.from({ length: 40 }, (_, device) =>
    types.map((type, index) => ({
      device,
      type,
      severity: SEVERITIES[(device + index) % 5] ?? 'low',
    })),
  ).flat();
  for (const { device, type, severity } of storm) {
    now += HOUR / storm.length;
    keeper.take(
      signal({ at: now, type, severity, devices: [mac(device)], key: `${type}|${device}` }),
    );
    keeper.tick(now);
    await deliverer.sendDue();
  }
  expect(now - START).toBeLessThanOrEqual(HOUR + 1000);
  expect(sink.received.length).toBeGreaterThan(10);
  expect(sink.received.length).toBeLessThanOrEqual(60);

  for (let minutes = 0; minutes < 6 * 60; minutes += 5) {
    now += 5 * 60_000;
    keeper.tick(now);
    await deliverer.sendDue();
  }
  // Everything of severity low and up that is open was named in a message, or counted in one.
  const told = new Set<string>();
  let more = 0;
  for (const { body } of sink.received) {
    const { data }: { data: { alerts: { id: string }[]; more: number } } = JSON.parse(body);
    for (const { id } of data.alerts) told.add(id);
    more += data.more;
  }
  const open = [...keeper.book.open()].filter(({ alert }) => alert.severity !== 'info');
  expect(open.length).toBeGreaterThan(30);
  expect(open.filter(({ alert }) => !told.has(alert.id)).length).toBeLessThanOrEqual(more);
  expect(store.outbox.counts()).toEqual([
    { channel: 'hook', state: 'sent', count: sink.received.length },
  ]);
  store.close();
}, 60_000);
