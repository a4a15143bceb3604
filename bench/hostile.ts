import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { bombFigures } from './_hostile-bombs.ts';
import { floodFigures } from './_hostile-flood.ts';
import { frameFigures } from './_hostile-frames.ts';
import { PRODUCT } from './_product.ts';
import { CAPTURES } from './_truth.ts';

/**
 * `npm run bench -- hostile 20000 50000000`: captures that are damaged, one analysis each, and frames
 * that are damaged; `--part flood,bombs,frames,captures` for some of it.
 */
const [CAPTURES_DAMAGED = 300, FRAMES_DAMAGED = 2_000_000] = process.argv
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
const PART = process.argv.at(process.argv.indexOf('--part') + 1) ?? '';
const PARTS = ['flood', 'bombs', 'frames', 'captures'] as const;
/** What one may take: seconds and MiB, and what all of them should stay below. */
const LIMITS = { seconds: 30, mebibytes: 512 };
const TARGETS = { seconds: 10, mebibytes: 300 };
/** Captures that are damaged are of at most so many octets: large ones are cut anyway. */
const LARGEST = 4 << 20;

/** Damages captures in nine ways and watches a command at work; where it lies beside the checkout. */
const TOOL = [
  process.env['PORTOLAN_MUTATE'] ?? '',
  join(import.meta.dirname, '../../../shared/tools/hostile/mutate.py'),
].find((file) => file !== '' && existsSync(file));

interface Report {
  readonly variants: number;
  readonly failures: number;
  readonly slowest_s: number;
  readonly peak_rss_mib: number;
  readonly detail: readonly unknown[];
}

function measure(): Promise<Measured> {
  const wanted = PARTS.filter((part) => !process.argv.includes('--part') || PART.includes(part));
  const measured = wanted.map((part) => MEASURES[part]());
  return Promise.resolve({
    figures: measured.flatMap(({ figures }) => figures),
    notes: measured.flatMap(({ notes }) => notes),
  });
}

const MEASURES: Readonly<Record<(typeof PARTS)[number], () => Measured>> = {
  flood: () => ({ figures: floodFigures(), notes: [] }),
  bombs: () => ({ figures: bombFigures(), notes: [] }),
  frames: () => frameFigures(tool(), bases(), FRAMES_DAMAGED),
  captures,
};

function tool(): string {
  if (TOOL !== undefined) return TOOL;
  throw new Error('There is no tool to damage captures: name one in PORTOLAN_MUTATE.');
}

function captures(): Measured {
  const command = `${process.execPath} ${PRODUCT} analyze --json {}`;
  const words = ['--n', String(CAPTURES_DAMAGED), '--cmd', command, '--ok', '0,1,2,5'];
  const limits = ['--timeout', String(LIMITS.seconds), '--max-rss', String(LIMITS.mebibytes)];
  const { stdout, stderr } = spawnSync('python3', [tool(), ...bases(), ...words, ...limits], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (stdout === '') throw new Error(stderr.trim());
  const report: Report = JSON.parse(stdout); // The tool's own words.
  return {
    figures: figuresOf(report),
    notes: report.detail.map((one) => JSON.stringify(one)),
  };
}

function figuresOf(report: Report): readonly Figure[] {
  return [
    { name: 'damaged captures', unit: '', ours: report.variants },
    {
      name: 'that ended the program, took too long or too much',
      unit: '',
      ours: report.failures,
      target: { atMost: 0 },
    },
    { name: 'slowest', unit: 's', ours: report.slowest_s, target: { atMost: TARGETS.seconds } },
    {
      name: 'most memory',
      unit: 'MiB',
      ours: report.peak_rss_mib,
      target: { atMost: TARGETS.mebibytes },
    },
  ];
}

/** Classic captures only: the tool reads no others. */
function bases(): readonly string[] {
  const found = readdirSync(CAPTURES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.pcap'))
    .map((file) => join(CAPTURES, file))
    .filter((file) => statSync(file).size <= LARGEST && isClassic(file))
    .sort();
  if (found.length === 0) throw new Error(`No captures in ${CAPTURES}`);
  return found;
}

/** Little-endian, microseconds. */
function isClassic(file: string): boolean {
  return readFileSync(file).readUInt32LE(0) === 0xa1b2c3d4;
}

await runBench({ title: 'Damaged captures and frames, bombs and a flood', measure });
