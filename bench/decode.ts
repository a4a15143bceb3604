import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../lab/tools.ts';
import { PcapReader } from '../src/importers/pcap.ts';
import { readCapture } from '../src/io/capture/open.ts';
import { decode } from '../src/wire/decode.ts';
import { Packet } from '../src/wire/packet.ts';
import type { Figure, Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { makeCapture } from './_capture.ts';

const PACKETS = 3_000_000;
const RUNS = 5;
const LINK_TYPES = [0, 1, 9, 51, 101, 104, 105, 108, 113, 117, 127, 192, 239, 258, 276];
/** Packets of the capture on which the decoder alone runs, again and again. */
const WINDOW = 100_000;

/** Damaged frames that are decoded, and the milliseconds that none of them may take. */
const HOSTILE = 2_000_000;
const HOSTILE_MS = 5;

/**
 * Peers that read every record; the second decodes every packet as far as its filter asks. They are
 * C and do less, so the target is the share of their speed that is left to us.
 */
const PEERS = [
  ['capinfos -c', 'capinfos', ['-c'], 0.65],
  ['tcpdump -r, filter', 'tcpdump', ['--count', '-nn', 'tcp port 1883', '-r'], 0.5],
] as const;

async function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-'));
  try {
    const file = join(folder, 'mixed.pcap');
    const size = makeCapture(file, PACKETS);
    const whole: number[] = [];
    const peers = PEERS.map((): number[] => []);
    // In turn, so that what else the machine does hits all of them.
    for (let run = 0; run < RUNS; run += 1) {
      whole.push(await readAndDecode(file));
      for (const [index, [, tool, args]] of PEERS.entries()) {
        const seconds = peerSeconds(tool, [...args, file]);
        if (seconds !== undefined) peers[index]?.push(seconds);
      }
    }
    return { figures: figures(file, whole, peers), notes: notes(size) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function figures(file: string, whole: readonly number[], peers: readonly number[][]): Figure[] {
  const ours = median(whole);
  const alone = decodeAlone(file);
  return [
    {
      name: 'decoder alone, processor time',
      unit: 'M packets/s',
      ours: alone,
      target: { atLeast: 8 },
    },
    {
      name: 'file, reader and decoder',
      unit: 'M packets/s',
      ours: PACKETS / ours / 1e6,
    },
    {
      name: `slowest of ${HOSTILE / 1e6} M damaged frames`,
      unit: 'ms',
      ours: slowestDamaged(file),
      target: { atMost: HOSTILE_MS },
    },
    ...PEERS.flatMap(([name, , , share], index) => {
      const seconds = peers[index] ?? [];
      if (seconds.length === 0) return [];
      const peer = median(seconds);
      return [
        { name: `time beside ${name}`, unit: 's', ours, peer, ratio: peer / ours },
        { name: 'its time by ours', unit: '', ours: peer / ours, target: { atLeast: share } },
      ];
    }),
  ];
}

function notes(size: number): string[] {
  const average = Math.round(size / PACKETS);
  return [
    `${PACKETS.toLocaleString('en')} packets, ${Math.round(size / 1e6)} MB, ${average} octets a packet.`,
    'Ours is timed in a warm process; the peers with their start, a few hundredths of a second.',
  ];
}

async function readAndDecode(file: string): Promise<number> {
  const start = performance.now();
  let whole = 0;
  const summary = await readCapture(file, {
    onPacket: (packet) => {
      if (decode(packet) === 'whole') whole += 1;
    },
  });
  if (whole !== PACKETS || !summary.ok) throw new Error(`only ${whole} packets were whole`);
  return (performance.now() - start) / 1000;
}

/** Offsets are kept, so that nothing but the decoder is timed. */
function decodeAlone(file: string): number {
  const bytes = new Uint8Array(readFileSync(file).subarray(0, WINDOW * 500));
  const offsets = new Int32Array(WINDOW);
  const lengths = new Int32Array(WINDOW);
  let count = 0;
  new PcapReader().push(bytes, ({ offset, captured }) => {
    if (count === WINDOW) return;
    offsets[count] = offset;
    lengths[count] = captured;
    count += 1;
  });
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rates = Array.from({ length: RUNS * 4 }, () => {
    const start = process.cpuUsage();
    for (let index = 0; index < count; index += 1) {
      packet.offset = offsets[index] ?? 0;
      packet.captured = lengths[index] ?? 0;
      packet.length = packet.captured;
      decode(packet);
    }
    return count / process.cpuUsage(start).user;
  });
  return median(rates);
}

/**
 * Pieces of the capture, taken for frames of every link type, with octets changed and cut anywhere;
 * each is timed. The first tenth warms up.
 */
function slowestDamaged(file: string): number {
  const bytes = new Uint8Array(readFileSync(file).subarray(0, WINDOW * 10));
  const packet = new Packet();
  let slowest = 0;
  let state = 1;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % limit;
  };
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let count = 0; count < HOSTILE; count += 1) {
    packet.offset = below(bytes.length - 2000);
    packet.captured = below(1600);
    packet.length = packet.captured + below(2) * 100;
    packet.linkType = LINK_TYPES[below(LINK_TYPES.length)] ?? 1;
    bytes[packet.offset + below(80)] = below(256);
    const taken = timed(packet);
    if (count < HOSTILE / 10 || taken <= slowest) continue;
    // The machine may have been busy elsewhere: what is slow is slow each time.
    slowest = Math.max(slowest, Math.min(taken, timed(packet), timed(packet), timed(packet)));
  }
  return slowest;
}

function timed(packet: Packet): number {
  const start = performance.now();
  decode(packet);
  return performance.now() - start;
}

function peerSeconds(tool: string, args: readonly string[]): number | undefined {
  const path = find(tool);
  if (path === undefined || !existsSync(path)) return undefined;
  const start = performance.now();
  const run = spawnSync(path, args, { stdio: 'ignore' });
  return run.status === 0 ? (performance.now() - start) / 1000 : undefined;
}

await runBench({ title: 'Reading and decoding a capture', measure });
