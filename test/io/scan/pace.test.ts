import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../src/io/scan/clock.ts';
import { Meter } from '../../../src/io/scan/meter.ts';
import { allowanceOf, Budget } from '../../../src/io/scan/pace.ts';
import { Throttle } from '../../../src/io/scan/throttle.ts';
import type { Robustness } from '../../../src/model/core.ts';
import type { Pace } from '../../../src/model/scan.ts';

const SIGNAL = new AbortController().signal;
setMaxListeners(0, SIGNAL);

/** Time that passes only while somebody sleeps, and wakes whoever is due first. */
class TestClock implements Clock {
  #now = 0;
  readonly #sleepers: { at: number; wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.push({ at: this.#now + milliseconds, wake: resolve });
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  }

  /** Runs until nobody sleeps any more, or until `end`. */
  async runTo(end: number): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#sleepers.sort((a, b) => a.at - b.at);
      const next = this.#sleepers[0];
      if (next === undefined || next.at > end) break;
      this.#sleepers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
  }
}

describe('a device is asked at most', () => {
  test.each([
    ['an unknown one at the default pace', 'polite', 'unknown', 2, 1],
    ['an unknown one at full speed', 'fast', 'unknown', 2, 1],
    ['an unknown one gently', 'gentle', 'unknown', 1, 1],
    ['a fragile one at full speed', 'fast', 'fragile', 1, 1],
    ['a robust one at the default pace', 'polite', 'robust', 10, 1],
    ['a robust one at the normal pace', 'normal', 'robust', 40, 10],
    ['a robust one gently', 'gentle', 'robust', 1, 1],
  ] satisfies [string, Pace, Robustness, number, number][])(
    '%s',
    (_, pace, robustness, perSecond, parallel) => {
      const allowance = allowanceOf(pace, robustness);
      expect([allowance.connectionsPerSecond, allowance.parallel]).toEqual([perSecond, parallel]);
    },
  );

  test.each([
    ['unknown', 2],
    ['fragile', 1],
    ['robust', 10],
  ] satisfies [Robustness, number][])('measured: %s, %i a second', async (robustness, limit) => {
    const clock = new TestClock();
    const budget = new Budget('polite', clock);
    const lane = budget.lane();
    lane.treatAs(robustness);
    const opened: number[] = [];
    const asking = repeat(30, async () => {
      const release = await lane.connection(SIGNAL);
      opened.push(clock.now());
      release();
    });
    await clock.runTo(60_000);
    await asking;
    expect(opened).toHaveLength(30);
    expect(budget.spent()).toMatchObject({
      connections: 30,
      maxParallel: 1,
      maxPerSecond: limit,
      maxPerSecondOverall: limit,
    });
  });

  test('ten packets a second, those of the kernel included', async () => {
    const clock = new TestClock();
    const lane = new Budget('polite', clock).lane();
    const packets: number[] = [];
    const leaves = (count: number): void => {
      for (let index = 0; index < count; index += 1) packets.push(clock.now());
    };
    const asking = repeat(10, async () => {
      const release = await lane.connection(SIGNAL);
      lane.accepted();
      leaves(2); // SYN, ACK
      for (let questions = 0; questions < 4; questions += 1) {
        await lane.question(SIGNAL);
        leaves(1);
        lane.charge(1);
        leaves(1); // ACK
      }
      leaves(2); // FIN, ACK
      lane.closed();
      release();
    });
    await clock.runTo(60_000);
    await asking;
    const meter = new Meter();
    for (const at of packets) meter.count(at);
    expect(packets).toHaveLength(120);
    expect(meter.highest).toBeLessThanOrEqual(10);
    expect(clock.now() - (packets[0] ?? 0)).toBeGreaterThan(11_000);
  });

  test('one connection at a time, in the order in which they were wanted', async () => {
    const clock = new TestClock();
    const lane = new Budget('polite', clock).lane();
    const order: string[] = [];
    const first = await lane.connection(SIGNAL);
    const second = lane.connection(SIGNAL).then(() => order.push('second'));
    await clock.runTo(5_000);
    expect(order).toEqual([]);
    first();
    first(); // Released twice, it frees one place.
    await clock.runTo(10_000);
    await second;
    expect(order).toEqual(['second']);
  });

  test('more as soon as it is known to bear it, and less as soon as it is not', async () => {
    const clock = new TestClock();
    const lane = new Budget('normal', clock).lane();
    expect(lane.parallel).toBe(1);
    lane.treatAs('robust');
    expect(lane.parallel).toBe(10);
    const open = await Promise.all([lane.connection(SIGNAL), waitFor(clock, lane)]);
    expect(open).toHaveLength(2);
    lane.treatAs('fragile');
    expect(lane.parallel).toBe(1);
  });
});

test('all devices together get no more than 250 packets a second', async () => {
  const clock = new TestClock();
  const budget = new Budget('polite', clock);
  const asking = Array.from({ length: 300 }, () => {
    const lane = budget.lane();
    return repeat(3, async () => (await lane.connection(SIGNAL))());
  });
  await clock.runTo(60_000);
  await Promise.all(asking);
  expect(budget.spent().connections).toBe(900);
  expect(budget.spent().maxPerSecondOverall).toBeLessThanOrEqual(250);
  expect(budget.spent().maxPerSecond).toBeLessThanOrEqual(2);
});

test('an abort lets nobody through and leaves nobody waiting', async () => {
  const clock = new TestClock();
  const lane = new Budget('polite', clock).lane();
  const stop = new AbortController();
  const first = await lane.connection(stop.signal);
  const waiting = [lane.connection(stop.signal), lane.connection(stop.signal)];
  stop.abort(new Error('stopped'));
  first();
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

describe('a throttle', () => {
  test('gives no credit for a pause', async () => {
    const clock = new TestClock();
    const throttle = new Throttle(10, clock);
    await throttle.turn(1, SIGNAL);
    await clock.runTo(10_000);
    const at: number[] = [];
    const turns = repeat(3, async () => {
      await throttle.turn(1, SIGNAL);
      at.push(clock.now());
    });
    await clock.runTo(20_000);
    await turns;
    expect(at).toEqual([10_000, 10_100, 10_200]);
  });

  test('without a limit never waits', async () => {
    const throttle = new Throttle(Infinity, new TestClock());
    await repeat(1000, () => throttle.turn(1, SIGNAL));
  });
});

describe('a meter tells the highest number within any second', () => {
  test.each([
    ['nothing', [], 0],
    ['three at once', [5, 5, 5], 3],
    ['a second apart', [0, 1000, 2000], 1],
    ['just within a second', [0, 999, 1500], 2],
    ['over the edge of a full second', [900, 950, 1050, 1100], 4],
  ])('%s', (_, times, highest) => {
    const meter = new Meter();
    for (const time of times) meter.count(time);
    expect(meter.highest).toBe(highest);
  });

  test('of a million, as of few', () => {
    const meter = new Meter();
    for (let index = 0; index < 1_000_000; index += 1) meter.count(index / 8);
    expect(meter.highest).toBe(8_000);
  });
});

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let index = 0; index < times; index += 1) await act();
}

async function waitFor(clock: TestClock, lane: ReturnType<Budget['lane']>): Promise<() => void> {
  const waiting = lane.connection(SIGNAL);
  await clock.runTo(clock.now() + 5_000);
  return await waiting;
}
