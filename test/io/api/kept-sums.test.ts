import { expect, test } from 'vitest';
import { KeptSums } from '../../../src/io/api/kept-sums.ts';

const NOW = 1_795_608_000_000;
const DAY = 86_400_000;
const MINUTE = 60_000;

/** Sums that cost so many milliseconds each time. */
function sums(cost: number) {
  const state = { clock: 0, made: 0, flows: 1 };
  const make = (): readonly [] => {
    state.clock += cost;
    state.made += 1;
    return [];
  };
  const totals = { talks: make, hours: make, count: () => state.flows };
  return { state, kept: new KeptSums(totals, () => state.clock) };
}

test.each([
  ['are made anew where that is cheap', 10, 0, 0, 0, 2],
  ['are good for a while where they are dear', 1000, 19_000, 5, 0, 1],
  ['are made anew after that', 1000, 21_000, 5, 0, 2],
  ['are good for longer where nothing came since', 1000, 59_000, 0, 0, 1],
  ['are made anew once in a minute all the same', 1000, 61_000, 0, 0, 2],
  ['are others for another span of time', 1000, 0, 0, DAY, 2],
  ['are the same as long as the span is', 1000, 1000, 0, 1000, 1],
])('sums %s', async (_, cost, later, more, further, made) => {
  const { state, kept } = sums(cost);
  await kept.hours(NOW - DAY, NOW);
  state.clock += later;
  state.flows += more;
  await kept.hours(NOW - DAY - further, NOW);
  expect(state.made).toBe(made);
});

test('of spans that nobody looks at any more nothing is kept', async () => {
  const { state, kept } = sums(1000);
  for (let span = 1; span <= 17; span += 1) {
    await kept.talks({ since: NOW - span * MINUTE, limit: 5 }, NOW);
    state.clock = 0;
  }
  await kept.talks({ since: NOW - 17 * MINUTE, limit: 5 }, NOW);
  expect(state.made).toBe(17);
  await kept.talks({ since: NOW - MINUTE, limit: 5 }, NOW);
  expect(state.made).toBe(18);
});

test('whoever asks while sums are being made waits for the same', async () => {
  let made = 0;
  const make = async (): Promise<readonly []> => {
    made += 1;
    await Promise.resolve();
    return [];
  };
  const kept = new KeptSums({ talks: make, hours: make, count: () => 1 });
  await Promise.all([kept.hours(NOW - DAY, NOW), kept.hours(NOW - DAY, NOW)]);
  expect(made).toBe(1);
  await kept.hours(NOW - DAY, NOW);
  expect(made).toBe(2);
});
