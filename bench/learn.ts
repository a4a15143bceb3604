import { learn } from '../src/policy/learn/learner.ts';
import type { Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import type { DayOptions } from './_days.ts';
import type { Observed } from './_learning.ts';
import { LEARN_CONTEXT, learnt, observe, score } from './_learning.ts';

/*
 * How good is what is learned? From one day of a camera the next is judged, and from a week the day
 * after it; nobody answers a question. The days go through the decoder, the flow table and the store
 * as any capture does. And how quick is it: flows learned in a second.
 */

const SEEDS = [1, 2, 3, 4, 5];
const WEEK = 7;
const MANY = 500_000;
const NOBODY = (): boolean => false;

interface Result {
  readonly allowed: number;
  readonly denied: number;
  readonly questions: number;
  readonly wrong: readonly string[];
}

async function measure(): Promise<Measured> {
  const day = await fromDays(1);
  const week = await fromDays(WEEK);
  const poisoned = await fromPoisoned();
  const speed = flowsPerSecond(await observe([{ seed: 1, day: 0, boot: true }]));
  const wrong = new Set([...day, ...week].flatMap((one) => one.wrong));
  return {
    figures: [
      percent(
        'after 24 h: of another 24 h allowed',
        day.map(({ allowed }) => allowed),
        99,
      ),
      percent(
        'after 24 h: of a search and of orders from outside denied',
        day.map(({ denied }) => denied),
        100,
      ),
      percent(
        'after a week: allowed',
        week.map(({ allowed }) => allowed),
        99,
      ),
      percent(
        'after a week: denied',
        week.map(({ denied }) => denied),
        100,
      ),
      percent('after a day with malware in it: of its doings denied', poisoned, 100),
      {
        name: 'questions after 24 h',
        unit: '',
        ours: median(day.map(({ questions }) => questions)),
      },
      {
        name: 'flows learned in a second',
        unit: '',
        ours: Math.round(speed),
        target: { atLeast: 50_000 },
      },
    ],
    notes: [
      `${SEEDS.length} cameras; the worst of them is shown.`,
      `Stopped or let pass against the truth: ${[...wrong].join('; ') || 'nothing'}.`,
    ],
  };
}

function percent(
  name: string,
  shares: readonly number[],
  target: number,
): Measured['figures'][number] {
  return { name, unit: '%', ours: 100 * Math.min(...shares), target: { atLeast: target } };
}

async function fromDays(count: number): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const seed of SEEDS) {
    const days = Array.from(
      { length: count },
      (_, day): DayOptions => ({ seed, day, boot: day === 0 }),
    );
    const proposal = learnt(await observe(days));
    const next = await observe([{ seed, day: count, infected: true }]);
    const { benign, allowed, malware, denied, wrong } = score(proposal, next, NOBODY);
    const questions = proposal.devices[0]?.questions.length ?? 0;
    results.push({ allowed: allowed / benign, denied: denied / malware, questions, wrong });
  }
  return results;
}

async function fromPoisoned(): Promise<readonly number[]> {
  const shares: number[] = [];
  for (const seed of SEEDS) {
    const poisoned = await observe([{ seed, day: 0, infected: true }]);
    const next = await observe([{ seed, day: 1, infected: true }]);
    const { malware, denied } = score(learnt(poisoned), next, NOBODY);
    shares.push(denied / malware);
  }
  return shares;
}

function flowsPerSecond({ flows }: Observed): number {
  const rounds = Math.ceil(MANY / flows.length);
  const started = performance.now();
  learn(repeated(flows, rounds), LEARN_CONTEXT);
  return (rounds * flows.length) / ((performance.now() - started) / 1000);
}

function* repeated<T>(items: readonly T[], rounds: number): Generator<T> {
  for (let round = 0; round < rounds; round += 1) yield* items;
}

await runBench({ title: 'Learning what a device needs', measure });
