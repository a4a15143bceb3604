import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzeCapture } from '../src/io/capture/analyze.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { makeScenario } from './_scenarios.ts';

/** Shares of the frames that the generator leaves out of the capture. */
const LOSSES = [0, 0.001, 0.01, 0.05];
/** How far, of itself, the share that we report may be from the one that was left out. */
const TOLERANCE = 20;
const SCENARIO = { seed: 221, days: 0.5, learn: 0.25, attacks: 'none', scale: 0.25 } as const;

await runBench({ title: 'Frames that a capture misses, and what is said of them', measure });

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-loss-'));
  try {
    const figures: Figure[] = [];
    const notes: string[] = [];
    for (const loss of LOSSES) {
      const { left, said, note } = await lossOf(folder, loss);
      figures.push(figureOf(loss, left, said));
      notes.push(note);
    }
    return { figures, notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where nothing was left out nothing may be said; else the distance of the two shares. */
function figureOf(loss: number, left: number, said: number): Figure {
  const name = `${loss * 100} % left out`;
  if (left === 0)
    return { name: `${name}, reported`, unit: '%', ours: said, target: { atMost: 0 } };
  const ours = (100 * Math.abs(said - left)) / left;
  return { name: `${name}, off by`, unit: '%', ours, target: { atMost: TOLERANCE } };
}

/** Shares in percent: of frames that were left out, and of bytes of TCP that `analyze` misses. */
async function lossOf(
  folder: string,
  loss: number,
): Promise<{ readonly left: number; readonly said: number; readonly note: string }> {
  const { pcap, truth } = makeScenario(folder, { ...SCENARIO, loss });
  const made: { packets: number; frames_lost: number } = JSON.parse(readFileSync(truth, 'utf8'));
  const { counters } = await analyzeCapture(pcap, {});
  const left = (100 * made.frames_lost) / (made.frames_lost + made.packets);
  const said = (100 * counters.lost) / (counters.lost + counters.streamed);
  const frames = `${made.frames_lost} of ${made.frames_lost + made.packets} frames left out`;
  const octets = `${counters.lost} of ${counters.lost + counters.streamed} bytes of TCP missing`;
  return { left, said, note: `${frames} (${left.toFixed(3)} %): ${octets} (${said.toFixed(3)} %)` };
}
