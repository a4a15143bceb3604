import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { PRODUCT } from './_product.ts';

const RUNS = 15;
const MILLISECONDS = 80;
const MEBIBYTE = 1_048_576;
const ROOT = join(import.meta.dirname, '../..');

/** What `npm pack --json` says, as far as it is read here. */
interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** A package of the lockfile. */
interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

function measure(): Promise<Measured> {
  const bare: number[] = [];
  const help: number[] = [];
  const version: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    bare.push(milliseconds(['-e', '0']));
    help.push(milliseconds([PRODUCT, '--help']));
    version.push(milliseconds([PRODUCT, 'version']));
  }
  const packages = runtimePackages();
  const shipped = packed();
  return Promise.resolve({
    figures: [
      over(`--help, median of ${RUNS}`, help, bare),
      over(`version, median of ${RUNS}`, version, bare),
      // What a busy machine does not change.
      over('--help, processor time', runs([PRODUCT, '--help']), runs(['-e', '0'])),
      {
        name: 'the program itself, without what it loads later',
        unit: 'kB',
        ours: statSync(PRODUCT).size / 1000,
      },
      { name: 'package, packed', unit: 'MiB', ours: shipped.size / MEBIBYTE },
      {
        name: 'package and what it depends on, installed',
        unit: 'MiB',
        ours: (shipped.unpackedSize + sizeOf(packages)) / MEBIBYTE,
        target: { atMost: 32 },
      },
      {
        name: 'packages that it depends on',
        unit: '',
        ours: packages.length,
        target: { atMost: 5 },
      },
    ],
    notes: [`The peer is \`node -e 0\`; the target is what ours takes beyond it.`, ...packages],
  });
}

function milliseconds(args: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')}: ${stderr.toString()}`);
  return performance.now() - began;
}

function runs(args: readonly string[]): readonly number[] {
  return Array.from({ length: RUNS }, () => processorMilliseconds(args));
}

const TELL = `process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  process.stderr.write(String(user + system));
});`;

/** Both kinds of run pay for the telling. */
function processorMilliseconds(args: readonly string[]): number {
  const preload = `data:text/javascript,${encodeURIComponent(TELL)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', preload, ...args], {
    encoding: 'utf8',
  });
  return Number(stderr) / 1000;
}

function over(
  name: string,
  ours: readonly number[],
  bare: readonly number[],
): Measured['figures'][number] {
  const [own, node] = [median(ours), median(bare)];
  return {
    name,
    unit: 'ms',
    ours: own,
    peer: node,
    ratio: own / node,
    target: { overPeer: MILLISECONDS },
  };
}

/** Everything that `npm install portolan` would put there on this machine. */
function runtimePackages(): readonly string[] {
  const lock: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
    readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path)
    .filter((path) => statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined);
}

function sizeOf(paths: readonly string[]): number {
  const sizes = paths.flatMap((path) =>
    readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' }).map((file) => {
      const found = statSync(join(ROOT, path, file));
      return found.isFile() ? found.size : 0;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function packed(): Packed {
  const options = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'];
  const { stdout } = spawnSync('npm', options, { cwd: ROOT, encoding: 'utf8' });
  const [first]: readonly Packed[] = JSON.parse(stdout);
  if (first === undefined) throw new Error('npm pack says nothing');
  // This very bench is in the way, and no part of what is shipped.
  const benches = first.files.filter(({ path }) => path.startsWith('dist/bench/'));
  const extra = benches.reduce((sum, { size }) => sum + size, 0);
  return { ...first, unpackedSize: first.unpackedSize - extra };
}

await runBench({ title: 'Start and size', peer: 'node', measure });
