import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import type { Made, Scenario, Score } from './_scenarios.ts';
import { hardNegativesIn, makeScenario, score } from './_scenarios.ts';

/** A verdict takes `--full`: five seeds and two weeks of nothing, twice. It takes a quarter of an hour. */
const FULL = process.argv.includes('--full');
const AT = process.argv.indexOf('--seeds');
const SEEDS = AT < 0 ? undefined : process.argv[AT + 1]?.split(',').map(Number);

const QUICK: readonly Scenario[] = (SEEDS ?? [211, 212]).map((seed) => ({
  ...{ seed, days: 2, learn: 1, attacks: 'full' as const, scale: 0.05 },
}));
const WHOLE: readonly Scenario[] = [
  ...(SEEDS ?? [201, 202, 203, 204, 205]).map((seed) => ({
    ...{ seed, days: 7, learn: 3, attacks: 'full' as const, scale: 0.25 },
  })),
  ...[206, 207].map((seed) => ({
    ...{ seed, days: 14, learn: 7, attacks: 'none' as const, scale: 0.25 },
  })),
];

interface Result {
  readonly scenario: Scenario;
  readonly score: Score;
  readonly hardNegatives: number;
  /** Seconds of the processor with all detectors, and without. */
  readonly watched: number;
  readonly unwatched: number;
}

await runBench({
  title: 'Labelled scenarios: what is found, and what is cried for nothing',
  measure,
});

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-detect-'));
  try {
    const scenarios = FULL ? WHOLE : QUICK;
    return await Promise.resolve(figuresOf(scenarios.map((one) => resultOf(folder, one))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(folder: string, scenario: Scenario): Result {
  const made = makeScenario(folder, scenario);
  const alerts = join(folder, 'alerts.jsonl');
  const watched = analyze(made, ['--alerts', alerts, '--learn-until', String(made.learnUntil)]);
  const unwatched = analyze(made, []);
  const result = {
    scenario,
    score: score(made.truth, alerts),
    hardNegatives: hardNegativesIn(made.truth),
    watched,
    unwatched,
  };
  rmSync(made.pcap);
  return result;
}

/** @returns seconds of the processor, user and system */
function analyze({ pcap }: Made, options: readonly string[]): number {
  const program = process.env['PORTOLAN_DIST'] ?? 'dist/portolan.js';
  const args = [process.execPath, program, 'analyze', '--quiet', ...options, pcap];
  const done = spawnSync('/usr/bin/time', ['-f', '%U %S', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`analyze ended with ${done.status}: ${done.stderr}`);
  const [user = Number.NaN, system = 0] = (done.stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return user + system;
}

function figuresOf(results: readonly Result[]): Measured {
  const scores = results.map((one) => one.score);
  const events = sum(scores.map((one) => one.events));
  const found = sum(scores.map((one) => one.detected));
  const details = scores.flatMap(({ detail }) => detail);
  const negatives = sum(results.map((one) => one.hardNegatives));
  const cried = sum(scores.flatMap((one) => Object.values(one.false_on_hard_negatives)));
  const falses = scores.map((one) => one.false_per_device_day);
  const loud = details.filter(({ level, detected }) => level === 0 && detected);
  const delays = loud.map(({ delay_s }) => delay_s ?? 0).toSorted((a, b) => a - b);
  const slower = median(results.map(({ watched, unwatched }) => unwatched / watched));
  const worst = Math.min(...scores.filter((one) => one.events > 0).map(recallOf));
  return {
    figures: [
      { name: 'recall', unit: '', ours: found / events, target: { atLeast: 0.85 } },
      { name: 'recall, worst seed', unit: '', ours: worst },
      ...levelFigures(details),
      {
        name: 'false alerts per device-day',
        unit: '',
        ours: sum(falses) / falses.length,
        target: { atMost: 0.02 },
      },
      { name: 'false alerts per device-day, worst', unit: '', ours: Math.max(...falses) },
      {
        name: 'hard negatives with an alert',
        unit: '%',
        ours: negatives === 0 ? 0 : (100 * cried) / negatives,
        target: { atMost: 2 },
      },
      {
        name: 'delay of level 0, median',
        unit: 's',
        ours: median(delays),
        target: { atMost: 3 },
      },
      {
        name: 'delay of level 0, nine of ten',
        unit: 's',
        ours: delays[Math.floor(delays.length * 0.9)] ?? 0,
        target: { atMost: 30 },
      },
      { name: 'alerts an event', unit: '', ours: sum(scores.map((one) => one.alerts)) / events },
      {
        name: 'throughput with all detectors, by that without',
        unit: '',
        ours: slower,
        target: { atLeast: 0.5 },
      },
    ],
    notes: [...results.map(noteOf), ...typeNotes(details)],
  };
}

function levelFigures(details: Score['detail']): readonly Figure[] {
  return [0, 1, 2].map((level) => {
    const of = details.filter((one) => one.level === level);
    const found = of.filter(({ detected }) => detected);
    return { name: `recall of level ${level}`, unit: '', ours: found.length / of.length };
  });
}

function noteOf({ scenario, score: scored }: Result): string {
  const missed = scored.missed.map(([type, level]) => `${type}:${level}`).join(' ');
  const cried = Object.entries(scored.false_by_type).map(([type, count]) => `${type} ${count}`);
  return `seed ${scenario.seed}, ${scenario.days} days, ${scenario.attacks}: ${scored.detected}/${scored.events} found, ${scored.false_alerts} false (${cried.join(', ')}), missed ${missed || 'none'}`;
}

function typeNotes(details: Score['detail']): readonly string[] {
  const types = [...new Set(details.map(({ type }) => type))].toSorted();
  const line = types.map((type) => {
    const of = details.filter((one) => one.type === type);
    return `${type} ${of.filter(({ detected }) => detected).length}/${of.length}`;
  });
  return [`By type: ${line.join(', ')}`];
}

function recallOf({ detected, events }: Score): number {
  return events === 0 ? 1 : detected / events;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
