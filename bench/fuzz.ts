import { writeFileSync } from 'node:fs';
import { Random } from '../lab/kernel/random.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import type { Fuzzed, FuzzTarget } from './_fuzz.ts';
import { fuzz } from './_fuzz.ts';
import { FAMILIES, nested, planted } from './_fuzz-targets.ts';

/**
 * `npm run bench -- fuzz 1000 7`: executions of each target, and the seed; `--family texts,packets`
 * for these alone, `planted` for the faults that must be found; `--only mqtt` for targets with that in their
 * names.
 */
const [EXECUTIONS = 1000, SEED = 20_261_125] = process.argv
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
const PLANTED = 'planted';
const FAMILY = option('--family')?.split(',') ?? [PLANTED, ...Object.keys(FAMILIES)];
const ONLY = option('--only') ?? '';
/** Where the addresses of all scripts are written of which a function ran. */
const REACHED = option('--reached');
/** Enough to find the planted fault by any seed that was tried. */
const NESTED = 80_000;
/** Milliseconds that no input may take, on a machine that does other things as well. */
const SLOWEST = 500;
/** Milliseconds after which what never ends is ended, where that is planted. */
const SOON = 250;

async function measure(): Promise<Measured> {
  // First: nothing else is loaded yet, and a look at the counters is cheap.
  const tests = FAMILY.includes(PLANTED) ? [nested, ...planted].map(selfTest) : [];
  const targets = (await targetsOf(FAMILY)).filter(({ name }) => name.includes(ONLY));
  const begun = process.cpuUsage();
  const options = { executions: EXECUTIONS, counts: isOurs };
  const results = targets.map(
    (target) => [target, fuzz(target, { ...options, random: new Random(SEED) })] as const,
  );
  const { user, system } = process.cpuUsage(begun);
  const slowest = results.toSorted((a, b) => b[1].slowest - a[1].slowest)[0];
  if (REACHED !== undefined) writeReached(REACHED, results);
  return {
    figures: [
      ...tests,
      { name: 'targets', unit: '', ours: targets.length },
      {
        name: 'faults',
        unit: '',
        ours: sum(results, ({ crashes }) => crashes.length),
        target: { atMost: 0 },
      },
      {
        name: 'slowest input',
        unit: 'ms',
        ours: slowest?.[1].slowest ?? 0,
        target: { atMost: SLOWEST },
      },
      { name: 'executions', unit: '', ours: sum(results, ({ executions }) => executions) },
      { name: 'inputs that led further', unit: '', ours: sum(results, ({ corpus }) => corpus) },
      { name: 'ways through the source', unit: '', ours: sum(results, ({ ways }) => ways) },
      { name: 'processor time', unit: 's', ours: (user + system) / 1e6 },
    ],
    notes: [
      `seed ${SEED}, ${EXECUTIONS} executions each, slowest: ${slowest?.[0].name ?? 'none'}`,
      ...results.flatMap(([{ name }, result]) => crashesOf(name, result)),
    ],
  };
}

async function targetsOf(families: readonly string[]): Promise<readonly FuzzTarget[]> {
  const loaded = families.map((name) => FAMILIES[name]?.() ?? []);
  return (await Promise.all(loaded)).flat();
}

/** Where everything is one file when it runs that file counts, else what is shipped. */
function isOurs(url: string): boolean {
  return url.startsWith('file:') && !/\/(?:node_modules|bench|test|lab)\/(?!fuzz\.js$)/.test(url);
}

/** A loop that finds nothing where there is something would prove nothing. */
function selfTest(target: FuzzTarget): Figure {
  const isDeep = target === nested;
  const { crashes } = fuzz(target, {
    executions: isDeep ? NESTED : 1,
    random: new Random(SEED),
    counts: (url) => url.startsWith('file:'),
    limit: SOON,
  });
  const name = isDeep ? 'planted fault behind four octets' : `planted: ${target.name}`;
  return {
    name: `${name}: found`,
    unit: '',
    ours: Math.min(1, crashes.length),
    target: { atLeast: 1 },
  };
}

type Results = readonly (readonly [FuzzTarget, Fuzzed])[];

function sum(results: Results, of: (result: Fuzzed) => number): number {
  return results.reduce((total, [, result]) => total + of(result), 0);
}

function writeReached(file: string, results: Results): void {
  const all = new Set(results.flatMap(([, { reached }]) => [...reached]));
  writeFileSync(file, [...all].toSorted().join('\n'));
}

function crashesOf(name: string, { crashes }: Fuzzed): readonly string[] {
  return crashes.map(({ input, error }) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${name}: ${Buffer.from(input).toString('hex')}: ${why}`;
  });
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

await runBench({ title: 'Damaged input, led by coverage', measure });
