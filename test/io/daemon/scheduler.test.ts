import { describe, expect, test } from 'vitest';
import { intervalOf, schedulesSettings } from '../../../src/io/daemon/schedule-settings.ts';
import type { Time } from '../../../src/io/daemon/scheduler.ts';
import { nextOf, Scheduler } from '../../../src/io/daemon/scheduler.ts';

const HOUR = 3_600_000;
const BERLIN = { cron: '30 2 * * *', zone: 'Europe/Berlin' };

/** The times from then on, in UTC, without seconds. */
function times(time: Time, from: string, count: number): readonly string[] {
  const found: string[] = [];
  let at = Date.parse(from);
  for (let index = 0; index < count; index += 1) {
    at = nextOf(time, at) ?? Number.NaN;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('a time of the clock', () => {
  test.each([
    [
      'in winter is an hour before that of Greenwich',
      BERLIN,
      '2026-11-25T12:00Z',
      ['2026-11-26T01:30', '2026-11-27T01:30'],
    ],
    // tzdata: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
    [
      'that is left out in spring is made good as soon as the hour is over',
      BERLIN,
      '2026-03-28T12:00Z',
      ['2026-03-29T01:00', '2026-03-30T00:30'],
    ],
    [
      'that comes twice in autumn is used once',
      BERLIN,
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30', '2026-10-26T01:30'],
    ],
    [
      'of another zone is another time',
      { cron: '0 9 * * 1', zone: 'America/New_York' },
      '2026-11-25T12:00Z',
      ['2026-11-30T14:00'],
    ],
  ])('%s', (_, time, from, expected) => {
    expect(times(time, from, expected.length)).toEqual(expected);
  });
});

/** When it is begun within a day, asked each minute; each run takes so long. */
async function runs(time: Time, last: number | undefined, minutes: number): Promise<number[]> {
  const begun: number[] = [];
  let now = 0;
  const entry = {
    id: 'a',
    what: 'scan',
    time,
    ...(last === undefined ? {} : { last }),
    run: () => {
      begun.push(now / HOUR);
    },
  };
  const scheduler = new Scheduler([entry], 0, () => {});
  for (; now <= minutes * 60_000; now += 60_000) {
    scheduler.tick(now);
    await scheduler.close();
  }
  return begun.map((hour) => Math.round(hour * 100) / 100);
}

test.each([
  ['soon after the first start, then each interval', undefined, [0.02, 6.02, 12.02]],
  ['when it is time, where it was done before the start', -5 * HOUR, [1, 7, 13]],
  ['soon, where it should have been done while nothing ran', -50 * HOUR, [0.02, 6.02, 12.02]],
])('an interval is done %s', async (_, last, expected) => {
  expect(await runs({ every: '6h' }, last, 14 * 60)).toEqual(expected);
});

test('what takes longer than its interval is not begun beside itself', async () => {
  let running = 0;
  let most = 0;
  const entry = {
    id: 'a',
    what: 'scan',
    time: { every: '1m' },
    run: async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
    },
  };
  const scheduler = new Scheduler([entry], 0, () => {});
  for (let now = 0; now < 10 * 60_000; now += 60_000) scheduler.tick(now);
  await scheduler.close();
  expect(most).toBe(1);
});

test('what fails is told, and done again the next time', async () => {
  const failed: string[] = [];
  let runsDone = 0;
  const entry = {
    id: 'a',
    what: 'report html',
    time: { every: '1h' },
    run: () => {
      runsDone += 1;
      throw new Error('no room');
    },
  };
  const scheduler = new Scheduler([entry], 0, (id) => failed.push(id));
  for (let now = 0; now <= 3 * HOUR; now += 60_000) {
    scheduler.tick(now);
    await scheduler.close();
  }
  await new Promise(setImmediate);
  expect([failed, runsDone]).toEqual([['a', 'a', 'a'], 3]);
  expect(scheduler.view()).toEqual([
    { id: 'a', what: 'report html', when: 'every 1h', next: 10_860_000, last: 7_260_000 },
  ]);
});

test.each([
  ['a scan each six hours', [{ what: 'scan', every: '6h' }], true],
  ['a report on Monday', [{ what: 'report', cron: '0 7 * * 1' }], true],
  [
    'targets and pace',
    [{ what: 'scan', every: '1d', targets: ['zone:iot'], pace: 'gentle' }],
    true,
  ],
  ['both ways to say when', [{ what: 'scan', every: '6h', cron: '0 7 * * 1' }], false],
  ['no way to say when', [{ what: 'scan' }], false],
  ['no time', [{ what: 'scan', cron: '61 7 * * 1' }], false],
  ['six fields', [{ what: 'scan', cron: '0 0 7 * * 1' }], false],
  ['each second', [{ what: 'scan', every: '1s' }], false],
  ['what there is not', [{ what: 'reboot', every: '1d' }], false],
  ['a field that there is not', [{ what: 'scan', every: '1d', when: 'now' }], false],
])('a schedule with %s is one: %s', (_, schedules, isFit) => {
  expect(schedulesSettings.safeParse(schedules).success).toBe(isFit);
});

test.each([
  ['1m', 60_000],
  ['30d', 2_592_000_000],
  ['31d', undefined],
  ['0h', undefined],
  ['6', undefined],
  ['6 h', undefined],
])('%s is so many milliseconds', (text, milliseconds) => {
  expect(intervalOf(text)).toBe(milliseconds);
});
