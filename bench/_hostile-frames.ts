import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './_bench.ts';
import { busySeconds, collectGarbage, InProcess } from './_in-process.ts';

/** Frames that are made at a time: 60 MB of them. */
const LOT = 200_000;
/** Milliseconds that a frame may take, and how often one that took longer is tried again. */
const SLOWEST = 5;
const TRIES = 5;
/** Microseconds between two frames. */
const APART = 1000;
const START = 1_795_600_000_000_000;

interface Tally {
  frames: number;
  thrown: number;
  slow: number;
  /** Milliseconds of the slowest that is slow each time. */
  slowest: number;
  busy: number;
}

/** Damaged frames, one after another into one engine. */
export function frameFigures(
  tool: string,
  captures: readonly string[],
  wanted: number,
): { readonly figures: readonly Figure[]; readonly notes: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-frames-'));
  const tally: Tally = { frames: 0, thrown: 0, slow: 0, slowest: 0, busy: 0 };
  const feeder = new InProcess();
  const notes: string[] = [];
  try {
    const heaps: number[] = [];
    for (let lot = 0; lot * LOT < wanted; lot += 1) {
      const file = join(folder, 'frames.bin');
      const count = Math.min(LOT, wanted - lot * LOT);
      const args = [...captures, '--seed', String(lot), '--frames', String(count), '--out', file];
      const made = spawnSync('python3', [tool, ...args], { encoding: 'utf8' });
      if (made.status !== 0) throw new Error(made.stderr.trim());
      feed(feeder, readFileSync(file), tally, notes);
      collectGarbage();
      heaps.push(process.memoryUsage().heapUsed);
    }
    tally.busy += busySeconds(() => feeder.engine.end());
    const grown = ((heaps.at(-1) ?? 0) - (heaps[Math.floor(heaps.length / 2)] ?? 0)) / 2 ** 20;
    return { figures: figuresOf(tally, grown), notes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf({ frames, thrown, slow, slowest, busy }: Tally, grown: number): Figure[] {
  return [
    { name: 'damaged frames in process', unit: '', ours: frames },
    { name: 'that threw', unit: '', ours: thrown, target: { atMost: 0 } },
    { name: 'that took more than 5 ms, each time', unit: '', ours: slow, target: { atMost: 0 } },
    { name: 'slowest of those that ever did, at its fastest', unit: 'ms', ours: slowest },
    { name: 'frames a second of the processor', unit: '', ours: frames / busy },
    {
      name: 'growth of the heap over the second half',
      unit: 'MiB',
      ours: grown,
      target: { atMost: 32 },
    },
  ];
}

/** Each frame stands behind its length, in four octets. */
function feed(feeder: InProcess, lot: Buffer, tally: Tally, notes: string[]): void {
  const view = new DataView(lot.buffer, lot.byteOffset, lot.length);
  const spent = busySeconds(() => {
    for (let at = 0; at + 4 <= lot.length; ) {
      const length = lot.readUInt32LE(at);
      const time = START + tally.frames * APART;
      const begun = performance.now();
      try {
        feeder.take(lot, view, at + 4, length, time);
      } catch (error) {
        tally.thrown += 1;
        if (notes.length < 20)
          notes.push(`${lot.subarray(at + 4, at + 4 + length).toString('hex')}: ${error}`);
      }
      if (performance.now() - begun > SLOWEST) {
        const frame = lot.subarray(at + 4, at + 4 + length);
        tally.busy -= busySeconds(() => again(frame, tally, notes));
      }
      tally.frames += 1;
      at += 4 + length;
    }
  });
  // What was subtracted meanwhile stays so.
  tally.busy += spent;
}

/** Whether it is the frame that takes long, and not a collection of garbage or another process. */
function again(frame: Uint8Array, tally: Tally, notes: string[]): void {
  const copy = frame.slice();
  const view = new DataView(copy.buffer);
  const feeder = new InProcess();
  const times = Array.from({ length: TRIES }, (_, index) => {
    const begun = performance.now();
    feeder.take(copy, view, 0, copy.length, START + index);
    return performance.now() - begun;
  });
  const least = Math.min(...times);
  tally.slowest = Math.max(tally.slowest, least);
  if (least <= SLOWEST) return;
  tally.slow += 1;
  notes.push(`${least.toFixed(1)} ms: ${Buffer.from(copy).toString('hex')}`);
}
