import { Random } from '../lab/kernel/random.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import type { Fuzzed } from './_fuzz.ts';
import { fuzz } from './_fuzz.ts';
import { fuzzSeeds } from './_fuzz-seeds.ts';
import { fuzzTargets, nested } from './_fuzz-targets.ts';

/** `npm run bench -- fuzz 1000000 7`: executions of all targets together, and the seed. */
const [EXECUTIONS = 40_000, SEED = 20_261_125] = process.argv
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
/** Enough to find the planted fault by any seed that was tried. */
const NESTED = 80_000;
/** Milliseconds that no input may take, on a machine that does other things as well. */
const SLOWEST = 500;

function measure(): Promise<Measured> {
  const targets = fuzzTargets(fuzzSeeds());
  const figures: Figure[] = [];
  const notes = [`seed ${SEED}`];
  for (const target of [nested, ...targets]) {
    const begun = performance.now();
    const executions = target === nested ? NESTED : Math.ceil(EXECUTIONS / targets.length);
    const options = { executions, random: new Random(SEED), counts: isOurs };
    const result = fuzz(target, options);
    const seconds = (performance.now() - begun) / 1000;
    if (target === nested) figures.push(selfTest(result));
    else {
      figures.push(...figuresOf(target.name, result, seconds));
      notes.push(...crashesOf(target.name, result));
    }
  }
  return Promise.resolve({ figures, notes });
}

/** Everything is one file when it runs. */
function isOurs(url: string): boolean {
  return url.startsWith('file:');
}

/** A loop that finds nothing where there is something would prove nothing. */
function selfTest({ crashes }: Fuzzed): Figure {
  const name = 'planted fault behind four octets: found';
  return { name, unit: '', ours: crashes.length > 0 ? 1 : 0, target: { atLeast: 1 } };
}

function figuresOf(name: string, result: Fuzzed, seconds: number): readonly Figure[] {
  const { executions, crashes, slowest, corpus, ways } = result;
  return [
    { name: `${name}: faults`, unit: '', ours: crashes.length, target: { atMost: 0 } },
    { name: 'slowest input', unit: 'ms', ours: slowest, target: { atMost: SLOWEST } },
    { name: 'executions a second', unit: '', ours: executions / seconds },
    { name: 'inputs that led further', unit: '', ours: corpus },
    { name: 'ways through the source', unit: '', ours: ways },
  ];
}

function crashesOf(name: string, { crashes }: Fuzzed): readonly string[] {
  return crashes.map(({ input, error }) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${name}: ${Buffer.from(input).toString('hex')}: ${why}`;
  });
}

await runBench({ title: 'Damaged input, led by coverage', measure });
