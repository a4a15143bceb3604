import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeFile } from '../src/io/store/open.ts';
import type { Figure, Measured } from './_bench.ts';
import { median, percentile, runBench } from './_bench.ts';
import { makeCapture } from './_capture.ts';
import { fill } from './_known-site.ts';
import { PRODUCT } from './_product.ts';

/**
 * The daemon: how long until it answers with much in its store, also after it was killed; what it
 * takes while nothing happens, and while a network that it knows passes by; how long until it has
 * ended. Arguments: rows that are stored (10000000), seconds of traffic (180).
 */

const INSIDE = 'PORTOLAN_BENCH_SERVE';
const DEVICES = 250;
/** Pieces of evidence: some months of a scan each day. All else are conversations. */
const EVIDENCE = 50_000;
const [ROWS = 10_000_000, SECONDS = 180] = process.argv
  .filter((word) => /^\d+$/.test(word))
  .map(Number);
const RUNS = 3;
const IDLE_SECONDS = 15;
/** Packets a second. */
const RATE = 5000;
/** Seconds for which it is waited until a killed daemon's database was looked through. */
const CHECK_PATIENCE = 600;

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-serve-'));
  const [full, empty] = [join(folder, 'full'), join(folder, 'empty')];
  try {
    const filled = took(() => fillIn(full));
    mkdirSync(empty);
    const clean = await startAndEnd(full);
    const killed = await afterKill(full);
    const idle = await atRest(empty);
    const live = await passingBy(full, folder);
    return {
      figures: [
        seconds(`until it answers, ${ROWS.toLocaleString('en')} rows`, clean.start, 3),
        seconds('the same after kill -9', killed.start, 3),
        seconds('until all was looked through after it, beside', killed.checked),
        milliseconds('an answer while that goes on, p95', killed.answer),
        mebibytes('resident once it answers', clean.resident),
        seconds('until it has ended', clean.end, 5),
        mebibytes(`resident at rest, ${IDLE_SECONDS} s after the start`, idle, 120),
        mebibytes(
          `highest in ${SECONDS} s of traffic of ${DEVICES} known devices`,
          live.daemon,
          256,
        ),
        mebibytes('and its helper, which is a process of its own', live.helper),
      ],
      notes: [
        `Of the rows ${EVIDENCE.toLocaleString('en')} are evidence of ${DEVICES} devices with five services and findings each, which is read once it answers; all others are conversations. They were made in ${filled.toFixed(0)} s. Times are medians of ${RUNS}.`,
        `Traffic: ${RATE} packets a second of those devices, over a cable in a namespace of its own, on the same store; all detectors look at it, once the past was learned.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fillIn(folder: string): void {
  const conversations = Math.max(0, ROWS - EVIDENCE);
  fill(folder, { devices: DEVICES, evidence: EVIDENCE, conversations, until: Date.now() });
}

function took(work: () => void): number {
  const began = performance.now();
  work();
  return (performance.now() - began) / 1000;
}

function seconds(name: string, ours: number, most?: number): Figure {
  return { name, unit: 's', ours, ...(most === undefined ? {} : { target: { atMost: most } }) };
}

function milliseconds(name: string, ours: number): Figure {
  return { name, unit: 'ms', ours };
}

function mebibytes(name: string, ours: number, most?: number): Figure {
  return { name, unit: 'MiB', ours, ...(most === undefined ? {} : { target: { atMost: most } }) };
}

interface Served {
  readonly child: ChildProcess;
  readonly address: string;
  /** From the start of the process until it printed where it is. */
  readonly seconds: number;
}

async function serve(folder: string, ...options: readonly string[]): Promise<Served> {
  const began = performance.now();
  const words = ['--data', folder, '--config', 'none', '--json', 'serve', '--no-ui'];
  const args = [PRODUCT, ...words, '--listen', '127.0.0.1:0', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(String(chunk)));
    child.once('close', (status) => reject(new Error(`serve ended with ${status}`)));
  });
  const [, address = ''] = /"address": "([^"]+)"/.exec(said) ?? [];
  return { child, address, seconds: (performance.now() - began) / 1000 };
}

async function end({ child }: Served, signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
  const began = performance.now();
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill(signal);
  await closed;
  return (performance.now() - began) / 1000;
}

async function startAndEnd(
  folder: string,
): Promise<{ start: number; end: number; resident: number }> {
  const [starts, ends, residents]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < RUNS; run += 1) {
    const served = await serve(folder);
    starts.push(served.seconds);
    residents.push(resident(served.child.pid, 'VmRSS'));
    ends.push(await end(served));
  }
  return { start: median(starts), end: median(ends), resident: median(residents) };
}

/** Each is killed as soon as it answers, so that the next one finds its lock; the last looks through all. */
async function afterKill(
  folder: string,
): Promise<{ start: number; checked: number; answer: number }> {
  await end(await serve(folder), 'SIGKILL');
  const starts: number[] = [];
  for (let run = 1; run < RUNS; run += 1) {
    const served = await serve(folder);
    starts.push(served.seconds);
    await end(served, 'SIGKILL');
  }
  const served = await serve(folder);
  starts.push(served.seconds);
  const began = performance.now();
  const answers: number[] = [];
  while (existsSync(`${storeFile(folder)}.unchecked`)) {
    if (performance.now() - began > CHECK_PATIENCE * 1000)
      throw new Error('it is looked through for ever');
    answers.push(await answerTime(served));
    await sleep(100);
  }
  const checked = (performance.now() - began) / 1000;
  await end(served);
  return { start: median(starts), checked, answer: percentile(answers, 0.95) };
}

async function answerTime({ address }: Served): Promise<number> {
  const began = performance.now();
  const answer = await fetch(new URL('api/v1/session', address));
  await answer.arrayBuffer();
  return performance.now() - began;
}

async function atRest(folder: string): Promise<number> {
  const served = await serve(folder);
  await sleep(IDLE_SECONDS * 1000);
  const size = resident(served.child.pid, 'VmRSS');
  await end(served);
  return size;
}

async function passingBy(
  folder: string,
  scratch: string,
): Promise<{ daemon: number; helper: number }> {
  const capture = join(scratch, 'busy.pcap');
  makeCapture(capture, RATE * SECONDS, DEVICES);
  const served = await serve(folder, '--capture', 'far');
  await sleep(2000);
  const replay = spawn('tcpreplay', ['-q', '-i', 'near', '--pps', String(RATE), capture], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => replay.once('close', resolve));
  await sleep(3000);
  const { pid } = served.child;
  const sizes = { daemon: resident(pid, 'VmHWM'), helper: resident(helperOf(pid), 'VmHWM') };
  await end(served);
  return sizes;
}

/** The one that captures: others work on the database. */
function helperOf(pid: number | undefined): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const isCapture = (child: string): boolean =>
    readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('capture.js');
  return Number(children.find(isCapture));
}

function resident(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${what}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
}

/** In a network of its own: a cable, on one end of which the daemon listens. */
function outside(): never {
  const script = [
    'ip link set lo up',
    'ip link add near type veth peer name far',
    'ip link set near up',
    'ip link set far up',
    'exec "$0" "$@"',
  ].join('\n');
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  const space = [...user, '-nm', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const { status } = spawnSync(
    'unshare',
    [...space, 'sh', '-ec', script, process.execPath, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } },
  );
  process.exit(status ?? 2);
}

if (process.env[INSIDE] === undefined) outside();
await runBench({ title: 'The daemon', measure });
