import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDriver } from '../src/io/store/driver.ts';
import { openStore, storeFile } from '../src/io/store/open.ts';
import { USE_SCHEMA } from '../src/io/store/use-rows.ts';
import type { NewEvidence } from '../src/model/evidence.ts';
import type { Figure, Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { makeCapture } from './_capture.ts';
import { PRODUCT } from './_product.ts';

/**
 * The daemon: how long until it answers with much in its store, what it takes while nothing happens
 * and while a network passes by, how long until it has ended. Argument: rows that are stored.
 */

const INSIDE = 'PORTOLAN_BENCH_SERVE';
const DEVICES = 250;
/** Pieces of evidence: some months of a scan each day. All else are conversations. */
const EVIDENCE = 50_000;
const ROWS = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? '10000000');
const RUNS = 3;
const IDLE_SECONDS = 15;
const START = 1_793_606_400_000;
const PACKETS = 300_000;
const RATE = 5000;

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-serve-'));
  try {
    fill(join(folder, 'full'));
    mkdirSync(join(folder, 'empty'));
    const full = await startAndEnd(join(folder, 'full'));
    const idle = await atRest(join(folder, 'empty'));
    const live = await passingBy(join(folder, 'empty'), folder);
    return {
      figures: [
        seconds(`until it answers, ${ROWS.toLocaleString('en')} rows`, full.start, 3),
        mebibytes('resident then', full.resident),
        seconds('until it has ended', full.end, 5),
        mebibytes(`resident at rest, ${IDLE_SECONDS} s after the start`, idle, 120),
        mebibytes('highest while traffic passes by: the daemon', live.daemon, 256),
        mebibytes('and its helper, which is a process of its own', live.helper),
      ],
      notes: [
        `Of the rows ${EVIDENCE.toLocaleString('en')} are evidence of ${DEVICES} devices, which is read once it answers; all others are conversations. Times are medians of ${RUNS}.`,
        `Traffic: ${PACKETS.toLocaleString('en')} packets of a made-up network, ${RATE} a second, over a cable in a namespace of its own.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(name: string, ours: number, most: number): Figure {
  return { name, unit: 's', ours, target: { atMost: most } };
}

function mebibytes(name: string, ours: number, most?: number): Figure {
  return { name, unit: 'MiB', ours, ...(most === undefined ? {} : { target: { atMost: most } }) };
}

/** Conversations by SQL alone: their sums are made when all are there. */
function fill(folder: string): void {
  const store = openStore(folder);
  const evidence = [...story()];
  for (let at = 0; at < evidence.length; at += 1000) store.append(evidence.slice(at, at + 1000));
  store.close();
  const driver = openDriver(storeFile(folder));
  driver.exec('PRAGMA synchronous = OFF');
  driver.exec(
    'DROP TRIGGER flow_used; DROP TRIGGER flow_used_longer; DROP TRIGGER flow_gone; DROP TABLE port_use',
  );
  const count = Math.max(0, ROWS - EVIDENCE);
  driver.exec(`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${count})
    INSERT INTO flow (observer, first_seen, last_seen, source, source_port, destination,
      destination_port, transport, ip_protocol, sent_packets, sent_bytes, received_packets,
      received_bytes, outcome, protocol, version, carrier, certainty, community_id, first_frame,
      last_frame, lost)
    SELECT 'eth0', ${START} + i * 100, ${START} + i * 100 + 900, '10.0.0.' || (i % ${DEVICES} + 1),
      1024 + i % 60000, '198.51.100.' || (i % 97), 1000 + i % 11, 'tcp', 6, 6, 900, 6, 4000,
      'answered', 'https', '1.3', 'tls', 'proved', '1:hO+sN4H+MG5MY/8hIrXPqc4ZQz8=', 1, 12, 0 FROM n`);
  driver.exec(USE_SCHEMA);
  driver.close();
}

function* story(): Iterable<NewEvidence> {
  for (let index = 0; index < EVIDENCE; index += 1) {
    const device = index % DEVICES;
    const mac = `24:0a:c4:00:00:${device.toString(16).padStart(2, '0')}`;
    const said = { at: START + index, source: 'active', observer: 'PTL-S-BENCH' } as const;
    const port = index % 3 === 0 ? 80 : 1883;
    yield {
      ...said,
      subject: { address: `10.0.0.${device + 1}`, mac, transport: 'tcp', port },
      certainty: 'proved',
      fact: { kind: 'speaks', protocol: port === 80 ? 'http' : 'mqtt', version: '' },
    };
  }
}

interface Served {
  readonly child: ChildProcess;
  /** From the start of the process until it printed where it is. */
  readonly seconds: number;
}

async function serve(folder: string, ...options: readonly string[]): Promise<Served> {
  const began = performance.now();
  const words = ['--data', folder, '--config', 'none', '--json', 'serve', '--no-ui'];
  const args = [PRODUCT, ...words, '--listen', '127.0.0.1:0', ...options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('close', (status) => reject(new Error(`serve ended with ${status}`)));
  });
  return { child, seconds: (performance.now() - began) / 1000 };
}

async function end({ child }: Served): Promise<number> {
  const began = performance.now();
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
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
  makeCapture(capture, PACKETS);
  const served = await serve(folder, '--capture', 'far');
  await sleep(2000);
  const replay = spawn('tcpreplay', ['-q', '-i', 'near', '--pps', String(RATE), capture], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => replay.once('close', resolve));
  await sleep(3000);
  const { pid } = served.child;
  const helper = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
  const sizes = { daemon: resident(pid, 'VmHWM'), helper: resident(helper, 'VmHWM') };
  await end(served);
  return sizes;
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
