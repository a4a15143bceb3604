import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { find } from '../lab/tools.ts';

/** Generator and scorer of labelled scenarios: not part of the product. */
export const SCENARIOS = process.env['PORTOLAN_SCENARIOS'] ?? resolve('../shared/tools/scenarios');

export interface Scenario {
  readonly seed: number;
  readonly days: number;
  readonly learn: number;
  readonly attacks: 'full' | 'none';
  readonly scale: number;
  /** Share of the frames that the capture misses. */
  readonly loss?: number;
  /** Share of the frames that it has twice, as a mirror of two ports does. */
  readonly dup?: number;
}

export interface Made {
  readonly pcap: string;
  readonly truth: string;
  /** Seconds since 1970. */
  readonly learnUntil: number;
}

/** What `score.py --json` prints, as far as it is used. */
export interface Score {
  readonly events: number;
  readonly detected: number;
  readonly false_alerts: number;
  readonly false_per_device_day: number;
  readonly false_by_type: Readonly<Record<string, number>>;
  readonly false_on_hard_negatives: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly alerts: number;
  readonly missed: readonly (readonly [type: string, level: number])[];
  readonly detail: readonly {
    readonly type: string;
    readonly level: number;
    readonly detected: boolean;
    readonly delay_s: number | null;
  }[];
}

export function makeScenario(folder: string, scenario: Scenario): Made {
  const { seed, days, learn, attacks, scale, loss = 0, dup = 0 } = scenario;
  const options = { seed, days, learn, attacks, scale, loss, dup, out: folder };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const said = python('scengen.py', args);
  const { pcap } = readJson<{ pcap: string }>(said);
  const truth = pcap.replace(/\.pcap$/, '.truth.json');
  const { learn_until: learnUntil } = readJson<{ learn_until: number }>(
    readFileSync(truth, 'utf8'),
  );
  return { pcap, truth, learnUntil };
}

export function hardNegativesIn(truth: string): number {
  return readJson<{ hard_negatives: unknown[] }>(readFileSync(truth, 'utf8')).hard_negatives.length;
}

export function score(truth: string, alerts: string): Score {
  return readJson<Score>(python('score.py', ['--truth', truth, '--alerts', alerts, '--json']));
}

function python(script: string, args: readonly string[]): string {
  const run = spawnSync(find('python3') ?? 'python3', [join(SCENARIOS, script), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(`${script}: ${run.stderr}`);
  return run.stdout;
}

function readJson<T>(text: string): T {
  const value: T = JSON.parse(text);
  return value;
}
