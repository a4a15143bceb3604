import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeCapture } from '../src/io/capture/analyze.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { makeScenario } from './_scenarios.ts';

/** Shares of the frames that the generator leaves out of the capture. */
const LOSSES = [0, 0.001, 0.01, 0.05, 0.2];
/** How far, of itself, the share that we report may be from the one that was left out. */
const TOLERANCE = 20;
/** What a capture that misses frames must not make of it: nobody closed a port or fell silent. */
const MISTAKABLE = ['closed_port', 'device_silent'];
const SCENARIO = { seed: 221, days: 1, learn: 0.5, attacks: 'none', scale: 0.1 } as const;

await runBench({ title: 'Frames that a capture misses, and what is said of them', measure });

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-loss-'));
  try {
    const figures: Figure[] = [];
    const notes: string[] = [];
    for (const loss of LOSSES) {
      const { left, said, alerts, note } = await lossOf(folder, loss);
      figures.push(figureOf(loss, left, said), alertsFigure(loss, alerts));
      notes.push(note);
    }
    return { figures, notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Lost {
  readonly left: number;
  readonly said: number;
  readonly alerts: number;
  readonly note: string;
}

/** Where nothing was left out nothing may be said; else the distance of the two shares. */
function figureOf(loss: number, left: number, said: number): Figure {
  const name = `${loss * 100} % left out`;
  if (left === 0)
    return { name: `${name}, reported`, unit: '%', ours: said, target: { atMost: 0 } };
  const ours = (100 * Math.abs(said - left)) / left;
  return { name: `${name}, off by`, unit: '%', ours, target: { atMost: TOLERANCE } };
}

/** Nothing was attacked, so each of them is false. */
function alertsFigure(loss: number, alerts: number): Figure {
  const name = `${loss * 100} % left out, alerts of a closed port or a silent device`;
  return { name, unit: '', ours: alerts, target: { atMost: 0 } };
}

/** Shares in percent: of frames that were left out, and of bytes of TCP that `analyze` misses. */
async function lossOf(folder: string, loss: number): Promise<Lost> {
  const { pcap, truth, learnUntil } = makeScenario(folder, { ...SCENARIO, loss });
  const made: { packets: number; frames_lost: number } = JSON.parse(readFileSync(truth, 'utf8'));
  const { counters } = await analyzeCapture(pcap, {});
  const left = (100 * made.frames_lost) / (made.frames_lost + made.packets);
  const said = (100 * counters.lost) / (counters.lost + counters.streamed);
  const frames = `${made.frames_lost} of ${made.frames_lost + made.packets} frames left out`;
  const octets = `${counters.lost} of ${counters.lost + counters.streamed} bytes of TCP missing`;
  const note = `${frames} (${left.toFixed(3)} %): ${octets} (${said.toFixed(3)} %)`;
  return { left, said, alerts: mistaken(pcap, folder, learnUntil), note };
}

/** Alerts after what was learned that only a missing frame can have caused. */
function mistaken(pcap: string, folder: string, learnUntil: number): number {
  const program = process.env['PORTOLAN_DIST'] ?? 'dist/portolan.js';
  const file = join(folder, 'alerts.jsonl');
  const options = ['--json', '--alerts', file, '--learn-until', String(learnUntil)];
  const done = spawnSync(process.execPath, [program, 'analyze', ...options, pcap], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`analyze ended with ${done.status}: ${done.stderr}`);
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const alerts = lines.map((line): { readonly ts: number; readonly type: string } =>
    JSON.parse(line),
  );
  return alerts.filter(({ ts, type }) => ts >= learnUntil && MISTAKABLE.includes(type)).length;
}
