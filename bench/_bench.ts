import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { find } from '../lab/tools.ts';

/** One line of a bench's table. Times and counts are medians where there was more than one run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The peer's figure of the same run; absent where it has none. */
  readonly peer?: number;
  /** How often ours goes into the peer's, or the other way round where more is better. */
  readonly ratio?: number;
  readonly target?: Target;
}

export type Target =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  /** Beyond the peer's figure. */
  | { readonly overPeer: number };

export interface Measured {
  readonly figures: readonly Figure[];
  /** What a reader must know to judge them. */
  readonly notes: readonly string[];
}

export interface Bench {
  readonly title: string;
  /** What the figures are compared with; nothing where there is no peer. */
  readonly peer?: 'nmap' | 'node';
  measure(): Promise<Measured>;
}

/** Measures, prints and exits: with 1 where a target is missed, with 2 where it could not measure. */
export async function runBench(bench: Bench): Promise<never> {
  const json = process.argv.includes('--json');
  try {
    const measured = await bench.measure();
    process.stdout.write(json ? asJson(bench, measured) : asTable(bench, measured));
    process.exit(measured.figures.every(isMet) ? 0 : 1);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${bench.title}: could not be measured: ${why}\n`);
    process.exit(2);
  }
}

export function isMet({ ours, peer = 0, target }: Figure): boolean {
  if (target === undefined) return true;
  if ('atMost' in target) return ours <= target.atMost;
  if ('atLeast' in target) return ours >= target.atLeast;
  return ours - peer <= target.overPeer;
}

function asJson(bench: Bench, { figures, notes }: Measured): string {
  const lines = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  const document = {
    schema: 'portolan/bench/v1',
    title: bench.title,
    machine: machine(),
    peer: peerVersion(bench) ?? null,
    figures: lines,
    notes,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

function asTable(bench: Bench, { figures, notes }: Measured): string {
  const peer = bench.peer ?? '';
  const head = ['', 'ours', peer, peer === '' ? '' : 'ratio', 'target', ''];
  const rows = figures.map((figure) => [
    figure.name,
    amount(figure.ours, figure.unit),
    figure.peer === undefined ? '' : amount(figure.peer, figure.unit),
    figure.ratio === undefined ? '' : `${short(figure.ratio)}×`,
    targetText(figure),
    figure.target === undefined ? '' : isMet(figure) ? 'met' : 'MISSED',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : pad(cell, widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  const version = peerVersion(bench);
  const missing = bench.peer === 'nmap' && find('nmap') === undefined ? [NO_NMAP] : [];
  const against = version === undefined ? '' : `, beside ${version}`;
  return [`${bench.title} (${machine()}${against})`, '', ...lines, '', ...missing, ...notes]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

const NO_NMAP = 'nmap is not installed, so only our own figures are here: sudo apt install nmap';

function pad(cell: string, width = 0): string {
  return cell.padStart(width);
}

function targetText({ target, unit }: Figure): string {
  if (target === undefined) return '';
  if ('atMost' in target) return `≤ ${amount(target.atMost, unit)}`;
  if ('atLeast' in target) return `≥ ${amount(target.atLeast, unit)}`;
  return `≤ +${amount(target.overPeer, unit)}`;
}

function amount(value: number, unit: string): string {
  return unit === '' ? short(value) : `${short(value)} ${unit}`;
}

/** Three digits that count; whole numbers as they are. */
function short(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

function machine(): string {
  return `${cpus().length} cores, Node ${process.versions.node}`;
}

/** With `--alone` the peer is left out, which is quicker while one works on our side. */
export function hasNmap(): boolean {
  return find('nmap') !== undefined && !process.argv.includes('--alone');
}

function peerVersion({ peer }: Bench): string | undefined {
  const nmap = peer === 'nmap' && hasNmap() ? find('nmap') : undefined;
  if (nmap === undefined) return undefined;
  const said = spawnSync(nmap, ['--version'], { encoding: 'utf8' }).stdout;
  return /^Nmap version (\S+)/m.exec(said)?.[1]?.replace(/^/, 'nmap ');
}

export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The peer's and its ratio where there is a peer: less is better, so ours goes into the peer's. */
export function beside(
  ours: number,
  peer: number | undefined,
): Pick<Figure, 'ours' | 'peer' | 'ratio'> {
  return peer === undefined ? { ours } : { ours, peer, ratio: peer / ours };
}

/** How runs become one figure. */
export interface Summary {
  /** The median where nothing is said. */
  readonly pick?: (runs: readonly number[]) => number;
  readonly target?: Target;
  /** Less is better, and by how much is worth a column. */
  readonly ratio?: true;
}

/** Runs of ours and of the peer, taken in turn; without runs of the peer it has no figure. */
export function summed(
  name: string,
  unit: string,
  runs: { readonly ours: readonly number[]; readonly peer: readonly number[] },
  { pick = median, target, ratio }: Summary = {},
): Figure {
  const ours = pick(runs.ours);
  const peer = runs.peer.length === 0 ? undefined : pick(runs.peer);
  const goal = target === undefined ? {} : { target };
  if (ratio === true) return { name, unit, ...beside(ours, peer), ...goal };
  return { name, unit, ours, ...(peer === undefined ? {} : { peer }), ...goal };
}

export function least(runs: readonly number[]): number {
  return Math.min(...runs);
}
