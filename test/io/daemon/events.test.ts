import { expect, test } from 'vitest';
import { Events } from '../../../src/io/daemon/events.ts';
import { SiteNews } from '../../../src/io/daemon/site-news.ts';
import type { ApiEvent } from '../../../src/model/api/daemon.ts';

function saved(at: number): ApiEvent {
  return { type: 'policy.saved', at, version: '1', by: 'user:mira' };
}

/** What somebody hears who comes after so many events, and knows that id. */
function heard(published: number, lastId?: string): readonly (readonly [string, number | 'gap'])[] {
  const bus = new Events('era');
  for (let at = 1; at <= published; at += 1) bus.publish(saved(at));
  const all: (readonly [string, number | 'gap'])[] = [];
  bus.subscribe((id, event) => all.push([id, event === 'gap' ? 'gap' : event.at]), lastId);
  bus.publish(saved(published + 1));
  return all;
}

test.each([
  ['whoever is new hears what comes', 2, undefined, [['era.3', 3]]],
  [
    'whoever was away hears what was missed, too',
    3,
    'era.1',
    [
      ['era.2', 2],
      ['era.3', 3],
      ['era.4', 4],
    ],
  ],
  ['whoever missed nothing hears what comes', 3, 'era.3', [['era.4', 4]]],
  [
    'whoever knew a former start is told of a gap, and what there is',
    1,
    'old.7',
    [
      ['era.0', 'gap'],
      ['era.1', 1],
      ['era.2', 2],
    ],
  ],
  [
    'an id that never was is a gap',
    1,
    'era.99',
    [
      ['era.0', 'gap'],
      ['era.1', 1],
      ['era.2', 2],
    ],
  ],
  [
    'an id without sense is a gap',
    1,
    'x',
    [
      ['era.0', 'gap'],
      ['era.1', 1],
      ['era.2', 2],
    ],
  ],
])('%s', (_, published, lastId, expected) => {
  expect(heard(published, lastId)).toEqual(expected);
});

test('whoever was away for long is told of a gap, and the last thousand', () => {
  const all = heard(2500, 'era.100');
  expect(all.slice(0, 2)).toEqual([
    ['era.1500', 'gap'],
    ['era.1501', 1501],
  ]);
  expect(all).toHaveLength(1002);
});

test('whoever left hears nothing any more', () => {
  const bus = new Events('era');
  let count = 0;
  const leave = bus.subscribe(() => {
    count += 1;
  });
  bus.publish(saved(1));
  leave();
  bus.publish(saved(2));
  expect([count, bus.hearers]).toEqual([1, 0]);
});

test('news of half a second are one event', async () => {
  const bus = new Events('era');
  const news = new SiteNews(bus, () => 7);
  const told = new Promise<ApiEvent | 'gap'>((resolve) => {
    bus.subscribe((_, event) => resolve(event));
  });
  news.tell(['flows']);
  news.tell(['devices', 'flows']);
  expect(await told).toEqual({ type: 'site.changed', at: 7, what: ['flows', 'devices'] });
});
