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
const SEEDS = option('--seeds')?.split(',').map(Number);
/** Share of the frames that the capture misses. */
const LOSS = Number(option('--loss') ?? 0);
/** Of the seven days of `--full`. */
const LEARN = Number(option('--learn') ?? 3);

const QUICK: readonly Scenario[] = (SEEDS ?? [211, 212]).map((seed) => ({
  ...{ seed, days: 2, learn: 1, attacks: 'full' as const, scale: 0.05, loss: LOSS },
}));
const WHOLE: readonly Scenario[] = [
  ...(SEEDS ?? [201, 202, 203, 204, 205]).map((seed) => ({
    ...{ seed, days: 7, learn: LEARN, attacks: 'full' as const, scale: 0.25, loss: LOSS },
  })),
  ...(SEEDS === undefined ? [206, 207] : []).map((seed) => ({
    ...{ seed, days: 14, learn: 7, attacks: 'none' as const, scale: 0.25, loss: LOSS },
  })),
];

interface Result {
  readonly scenario: Scenario;
  readonly score: Score;
  readonly hardNegatives: number;
  /** Seconds of the processor with all detectors, and without. */
  readonly watched: number;
  readonly unwatched: number;
  readonly said: Said;
}

/** What `analyze --json` says of the alerts. */
interface Said {
  readonly notices: number;
  readonly memory: { readonly devices: number; readonly octets: number };
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
    watched: watched.seconds,
    unwatched: unwatched.seconds,
    said: saidIn(watched.output),
  };
  rmSync(made.pcap);
  return result;
}

interface Ran {
  /** Of the processor, user and system. */
  readonly seconds: number;
  readonly output: string;
}

function analyze({ pcap }: Made, options: readonly string[]): Ran {
  const program = process.env['PORTOLAN_DIST'] ?? 'dist/portolan.js';
  const args = [process.execPath, program, 'analyze', '--json', ...options, pcap];
  const done = spawnSync('/usr/bin/time', ['-f', '%U %S', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`analyze ended with ${done.status}: ${done.stderr}`);
  const [user = Number.NaN, system = 0] = (done.stderr.trim().split('\n').at(-1) ?? '')
    .split(' ')
    .map(Number);
  return { seconds: user + system, output: done.stdout };
}

function saidIn(output: string): Said {
  const { files }: { files: readonly { alerts: Said }[] } = JSON.parse(output);
  const [file] = files;
  if (file === undefined) throw new Error('analyze says nothing');
  return file.alerts;
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
  const hunted = results.filter(({ score: { events: there } }) => there > 0);
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
      {
        name: 'notices an event',
        unit: '',
        ours: sum(hunted.map(({ said }) => said.notices)) / events,
        target: { atMost: 1.3 },
      },
      {
        name: 'memory of all detectors a device, most',
        unit: 'KiB',
        ours:
          Math.max(...results.map(({ said: { memory } }) => memory.octets / memory.devices)) / 1024,
        target: { atMost: 64 },
      },
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

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
