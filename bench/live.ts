import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { find } from '../lab/tools.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { blast } from './_blaster.ts';

/** Live capture at the speed of the sender, beside nfpcapd, ndpiReader and tcpdump. */

/** Whole batches of the sender. */
const PACKETS = 2048 * 2000;
const FLOWS = 2000;
const SIZE = 128;
const ROUNDS = 3;
const INSIDE = 'PORTOLAN_BENCH_LIVE';
const PRODUCT = join(import.meta.dirname, '../portolan.js');
/** Ticks of the kernel's clock of processes: USER_HZ is 100 on every Linux. */
const TICK = 10_000_000;

interface Run {
  /** CPU of the process and its children, start included, for each packet sent; nanoseconds. */
  readonly cost: number;
  /** Packets that it saw; undefined where it does not say. */
  readonly seen: number | undefined;
  /** Packets a second that the sender reached. */
  readonly rate: number;
}

interface Receiver {
  readonly name: string;
  command(folder: string): readonly string[];
  /** Packets that it says it saw. */
  seen?(output: string): number | undefined;
}

const watch = (name: string, method: string): Receiver => ({
  name,
  command: () => [
    ...[process.execPath, PRODUCT, '--json', 'watch', '-i', 'far', '--no-store'],
    ...['--method', method],
  ],
  seen: (output) => numberIn(output, /"packets":\s*(\d+)/),
});

const RING = watch('portolan, ring', 'ring');
const PIPE = watch('portolan, tcpdump', 'tcpdump');
const PEERS: readonly Receiver[] = [
  { name: 'nfpcapd', command: (folder) => ['nfpcapd', '-i', 'far', '-w', folder] },
  { name: 'ndpiReader', command: () => ['ndpiReader', '-i', 'far', '-q', '-s', '600'] },
  {
    name: 'tcpdump',
    command: () => ['tcpdump', '-i', 'far', '-w', '/dev/null', '-Z', 'root'],
    seen: (output) => numberIn(output, /(\d+) packets captured/),
  },
];

async function measure(): Promise<Measured> {
  const peers = PEERS.filter(({ name }) => find(name) !== undefined);
  const runs = new Map<string, Run[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const receiver of [RING, PIPE, ...peers]) {
      const run = await receive(receiver);
      runs.set(receiver.name, [...(runs.get(receiver.name) ?? []), run]);
    }
  }
  const cost = (name: string): number => median((runs.get(name) ?? []).map((run) => run.cost));
  const ours = runs.get(RING.name) ?? [];
  const pipe = runs.get(PIPE.name) ?? [];
  const lost = Math.max(...ours.map(({ seen = 0 }) => PACKETS - seen));
  return {
    figures: [
      figure('sender', 'packets/s', median(ours.map(({ rate }) => rate)), { atLeast: 400_000 }),
      figure('lost by the ring', 'packets', lost, { atMost: 0 }),
      ...peers.map(({ name }) => compared(name, cost(RING.name), cost(name))),
      figure('CPU a packet through tcpdump', 'ns', cost(PIPE.name)),
      figure('through tcpdump', 'packets/s', median(pipe.map(throughput)), { atLeast: 60_000 }),
    ],
    notes: [
      `${PACKETS} datagrams of ${SIZE} octets in ${FLOWS} conversations of ${FLOWS / 10} devices over a veth pair, ${ROUNDS} rounds in turn, medians; whole processes, start included.`,
      'All recognition and evidence on. The figures of tcpdump are for looking only: it analyses nothing.',
    ],
  };
}

function throughput({ seen = 0, rate }: Run): number {
  return (rate * seen) / PACKETS;
}

function figure(name: string, unit: string, ours: number, target?: Figure['target']): Figure {
  return { name, unit, ours, ...(target === undefined ? {} : { target }) };
}

/** At most 0.6 of the CPU of those that analyse. */
function compared(name: string, ours: number, peer: number): Figure {
  const base = { name: `CPU a packet, ${name}`, unit: 'ns', ours, peer, ratio: peer / ours };
  return name === 'tcpdump' ? base : { ...base, target: { atMost: peer * 0.6 } };
}

async function receive(receiver: Receiver): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-live-'));
  const [program = '', ...args] = receiver.command(folder);
  const child = spawn(find(program) ?? program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  await untilOpen(child);
  const rate = await send();
  await untilQuiet(child);
  const cost = (cpu(child.pid ?? 0) * TICK) / PACKETS;
  child.kill('SIGINT');
  await ended(child);
  rmSync(folder, { recursive: true, force: true });
  return { cost, seen: receiver.seen?.(output), rate };
}

/** A process of its own: its CPU is nobody else's. */
async function send(): Promise<number> {
  const script = process.argv[1] ?? '';
  const child = spawn(process.execPath, [script, '--blast'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await ended(child);
  return Number(output);
}

/** The socket stands in the kernel's table, whose first line is its head. */
async function untilOpen(child: ChildProcess): Promise<void> {
  while (readFileSync('/proc/self/net/packet', 'utf8').trim().split('\n').length < 2) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    await sleep(50);
  }
  await sleep(500);
}

/** It has worked off what was waiting when it uses no more CPU. */
async function untilQuiet(child: ChildProcess): Promise<void> {
  let before = -1;
  for (;;) {
    const now = cpu(child.pid ?? 0);
    if (now - before <= 1) return;
    before = now;
    await sleep(500);
  }
}

/** Ticks of a process and of its children: user and system, fields 14 and 15 of proc_pid_stat(5). */
function cpu(pid: number): number {
  const own = ticks(`/proc/${pid}/stat`);
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' '),
  );
  return children.reduce((sum, one) => sum + (one === '' ? 0 : cpu(Number(one))), own);
}

function ticks(file: string): number {
  // The name of the program may hold spaces; it ends at the last parenthesis.
  const fields = readFileSync(file, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('close', () => resolve()));
}

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function inside(): void {
  mkdirSync(tmpdir(), { recursive: true });
  const lines = [
    'ip link add near type veth peer name far',
    'sysctl -q -w net.ipv6.conf.all.disable_ipv6=1',
    'ip link set near up',
    'ip link set far up',
  ];
  const { status } = spawnSync('sh', ['-e', '-c', lines.join('\n')], { stdio: 'inherit' });
  if (status !== 0) process.exit(2);
}

function outside(): never {
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const unshare = [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  const { status } = spawnSync(
    find('unshare') ?? 'unshare',
    [...unshare, process.execPath, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: 'yes' } },
  );
  process.exit(status ?? 2);
}

if (process.argv.includes('--blast')) {
  process.stdout.write(String(blast('near', PACKETS, FLOWS, SIZE)));
} else if (process.env[INSIDE] === undefined) {
  outside();
} else {
  inside();
  await runBench({ title: 'Live capture', measure });
}
