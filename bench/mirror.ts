import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import type { Made } from './_scenarios.ts';
import { makeScenario } from './_scenarios.ts';

/** One network, as mirrors of different kinds show it. */
const SCENARIO = { seed: 222, days: 1, learn: 0.5, attacks: 'full', scale: 0.05 } as const;
/** Octets of a frame that are kept where it is cut, as `editcap -s 96` does. */
const CUT = 96;
/** How far volumes may be apart, in percent. */
const APART = 1;

/** Heads of a classic capture, little-endian, and of each record (draft-ietf-opsawg-pcap §4, §5). */
const HEAD = 24;
const RECORD = 16;
const LINK = 14;

interface Seen {
  /** Type and device of each alert after what was learned. */
  readonly alerts: ReadonlySet<string>;
  readonly octets: number;
  readonly oneSided: number;
}

type Change = (frame: Buffer) => Buffer | undefined;

const VARIANTS: readonly (readonly [name: string, change: Change, dup: number])[] = [
  ['each frame twice', (frame) => frame, 1],
  ['cut to 96 octets', (frame) => frame.subarray(0, CUT), 0],
  ['each frame twice and cut', (frame) => frame.subarray(0, CUT), 1],
  ['in a VLAN', tagged, 0],
];

await runBench({ title: 'The same network on mirrors of other kinds', measure });

function measure(): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-mirror-'));
  try {
    const made = makeScenario(folder, SCENARIO);
    const plain = see(made, folder);
    const twice = makeScenario(mkdtempSync(join(folder, 'twice-')), { ...SCENARIO, dup: 1 });
    const variants = VARIANTS.map(([name, change, dup]) => {
      const of = dup === 0 ? made : twice;
      return [name, see({ ...of, pcap: rewritten(of.pcap, change) }, folder)] as const;
    });
    const router = busiest(readFileSync(made.pcap));
    const half = rewritten(made.pcap, (frame) => (sourceOf(frame) === router ? undefined : frame));
    const oneWay = see({ ...made, pcap: half }, folder);
    return Promise.resolve({
      figures: [
        ...variants.flatMap(([name, seen]) => figuresOf(name, plain, seen)),
        {
          name: 'one way only: streams that are said to be so',
          unit: '',
          ours: oneWay.oneSided,
          target: { atLeast: 1 },
        },
      ],
      notes: variants.flatMap(([name, seen]) => notesOf(name, plain, seen)),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figuresOf(name: string, plain: Seen, seen: Seen): readonly Figure[] {
  const others =
    difference(plain.alerts, seen.alerts).length + difference(seen.alerts, plain.alerts).length;
  const apart = (100 * Math.abs(seen.octets - plain.octets)) / plain.octets;
  return [
    {
      name: `${name}: alerts that differ, of ${plain.alerts.size}`,
      unit: '',
      ours: others,
      target: { atMost: 0 },
    },
    { name: `${name}: volumes apart`, unit: '%', ours: apart, target: { atMost: APART } },
  ];
}

function notesOf(name: string, plain: Seen, seen: Seen): readonly string[] {
  const [lost, more] = [
    difference(plain.alerts, seen.alerts),
    difference(seen.alerts, plain.alerts),
  ];
  return lost.length + more.length === 0
    ? []
    : [`${name}: missing ${lost.join(', ') || 'none'}; more ${more.join(', ') || 'none'}`];
}

function difference(one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  return [...one].filter((item) => !other.has(item));
}

function see({ pcap, learnUntil }: Made, folder: string): Seen {
  const program = process.env['PORTOLAN_DIST'] ?? 'dist/portolan.js';
  const [alertFile, flowFile] = [join(folder, 'alerts.jsonl'), join(folder, 'flows.jsonl')];
  const options = ['--alerts', alertFile, '--flows', flowFile, '--learn-until', String(learnUntil)];
  const done = spawnSync(process.execPath, [program, 'analyze', '--json', ...options, pcap], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`analyze ended with ${done.status}: ${done.stderr}`);
  const alerts = lines<{ ts: number; type: string; device?: string }>(alertFile);
  const flows = lines<{
    bytes_sent: number;
    bytes_received: number;
    packets_received: number;
    packets_sent: number;
    transport: string;
  }>(flowFile);
  const after = alerts.filter(({ ts }) => ts >= learnUntil);
  const isHalf = (flow: (typeof flows)[number]): boolean =>
    flow.transport === 'tcp' && (flow.packets_received === 0 || flow.packets_sent === 0);
  return {
    alerts: new Set(after.map(({ type, device = '' }) => `${type} ${device}`)),
    octets: flows.reduce((sum, flow) => sum + flow.bytes_sent + flow.bytes_received, 0),
    oneSided: flows.filter(isHalf).length,
  };
}

function lines<Line>(file: string): readonly Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
}

/** The capture with each frame changed, or left out. @returns its path */
function rewritten(pcap: string, change: Change): string {
  const bytes = readFileSync(pcap);
  const parts: Buffer[] = [bytes.subarray(0, HEAD)];
  for (const [record, frame] of recordsOf(bytes)) {
    const changed = change(frame);
    if (changed === undefined) continue;
    const head = Buffer.from(record);
    head.writeUInt32LE(changed.length, 8);
    head.writeUInt32LE(head.readUInt32LE(12) + Math.max(0, changed.length - frame.length), 12);
    parts.push(head, changed);
  }
  const path = `${pcap}.changed.pcap`;
  writeFileSync(path, Buffer.concat(parts));
  return path;
}

function* recordsOf(bytes: Buffer): Generator<readonly [record: Buffer, frame: Buffer]> {
  for (let at = HEAD; at + RECORD <= bytes.length; ) {
    const end = at + RECORD + bytes.readUInt32LE(at + 8);
    yield [bytes.subarray(at, at + RECORD), bytes.subarray(at + RECORD, end)];
    at = end;
  }
}

/** IEEE 802.1Q, VLAN 7. */
function tagged(frame: Buffer): Buffer {
  if (frame.length < LINK) return frame;
  return Buffer.concat([frame.subarray(0, 12), Buffer.from([0x81, 0, 0, 7]), frame.subarray(12)]);
}

function sourceOf(frame: Buffer): string {
  return frame.toString('hex', 6, 12);
}

/** Who sends most frames is the router. */
function busiest(bytes: Buffer): string {
  const counts = new Map<string, number>();
  for (const [, frame] of recordsOf(bytes)) {
    const source = sourceOf(frame);
    counts.set(source, (counts.get(source) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
