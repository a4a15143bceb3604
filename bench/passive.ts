import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../lab/tools.ts';
import type { Figure, Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { makeCapture } from './_capture.ts';

const PACKETS = 3_000_000;
/** All of them take turns, so that what else the machine does meets each alike. */
const ROUNDS = 5;

interface Peer {
  readonly tool: string;
  readonly args: (file: string, folder: string) => readonly string[];
  /** How many times our time it is to take. */
  readonly ratio: number;
  /** It is slow: one round is enough. */
  readonly once?: boolean;
}

const PEERS: readonly Peer[] = [
  { tool: 'nfpcapd', args: (file, folder) => ['-r', file, '-l', folder], ratio: 3 },
  { tool: 'argus', args: (file) => ['-r', file, '-w', '/dev/null'], ratio: 2.5 },
  { tool: 'ndpiReader', args: (file) => ['-q', '-i', file], ratio: 6 },
  { tool: 'tshark', args: (file) => ['-q', '-z', 'conv,tcp', '-r', file], ratio: 25, once: true },
];

/** Megabytes at a hundred thousand flows. */
const MEMORY = 150;

interface Run {
  readonly seconds: number;
  /** Of the processor, user and system: it does not grow where others work beside. */
  readonly busy: number;
  readonly megabytes: number;
}

await runBench({ title: 'A capture of 3 million packets, whole processes', measure });

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-passive-'));
  try {
    const file = join(folder, 'mixed.pcap');
    makeCapture(file, PACKETS);
    return await Promise.resolve(compare(file, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(file: string, folder: string): Measured {
  const peers = PEERS.filter(({ tool }) => find(tool) !== undefined);
  const ours: Run[] = [];
  const theirs = new Map<string, Run[]>(peers.map(({ tool }) => [tool, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(run(process.execPath, ['dist/portolan.js', 'analyze', '--quiet', file]));
    for (const { tool, args, once } of peers) {
      if (once === true && round > 0) continue;
      theirs.get(tool)?.push(run(find(tool) ?? tool, args(file, folder)));
    }
  }
  const seconds = median(ours.map((one) => one.seconds));
  const busy = median(ours.map((one) => one.busy));
  const figures: Figure[] = [
    { name: 'wall', unit: 's', ours: seconds },
    { name: 'processor time', unit: 's', ours: busy },
  ];
  const notes: string[] = [];
  for (const { tool, ratio } of peers) {
    const runs = theirs.get(tool) ?? [];
    const peer = median(runs.map((one) => one.seconds));
    const name = `times as fast as ${tool}`;
    figures.push({ name, unit: '', ours: peer / seconds, target: { atLeast: ratio } });
    const memory = Math.max(...runs.map(({ megabytes }) => megabytes));
    const effort = median(runs.map((one) => one.busy));
    figures.push({ name: `processor time of ${tool} by ours`, unit: '', ours: effort / busy });
    notes.push(
      `${tool}: ${peer.toFixed(2)} s, ${effort.toFixed(2)} s of the processor, ${memory.toFixed(0)} MB`,
    );
  }
  const peak = Math.max(...ours.map(({ megabytes }) => megabytes));
  figures.push({ name: 'peak memory', unit: 'MB', ours: peak, target: { atMost: MEMORY } });
  const rate = PACKETS / seconds / 1e6;
  figures.push({ name: 'million packets a second', unit: '', ours: rate });
  const missing = PEERS.filter((peer) => !peers.includes(peer)).map(({ tool }) => tool);
  if (missing.length > 0) notes.push(`Not installed: ${missing.join(', ')}`);
  return { figures, notes };
}

/** Wall time, processor time and peak memory of a whole process, as GNU time has them. */
function run(tool: string, args: readonly string[]): Run {
  const all = ['-f', '%e %U %S %M', tool, ...args];
  const done = spawnSync('/usr/bin/time', all, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const line = done.stderr.trim().split('\n').at(-1) ?? '';
  const [seconds = Number.NaN, user = 0, system = 0, kilobytes = 0] = line.split(' ').map(Number);
  if (Number.isNaN(seconds)) throw new Error(`${tool}: ${done.stderr.slice(-200)}`);
  return { seconds, busy: user + system, megabytes: kilobytes / 1000 };
}
