import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { rolldown } from 'rolldown';
import { afterAll, describe, expect, test } from 'vitest';
import type { CaptureSummary } from '../../../src/importers/capture.ts';
import type { CaptureProgress } from '../../../src/io/capture/open.ts';
import { readCapture } from '../../../src/io/capture/open.ts';
import { refuseBomb } from '../../../src/io/capture/unpack.ts';
import { interfaceBlock, packetBlock, sectionBlock } from '../../../src/wire/write-pcapng.ts';
import { pcap } from '../../wire/captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'capture-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FRAME = Buffer.alloc(1000, 0x5a);
/** More than one chunk of what is read at once. */
const CLASSIC = pcap(
  1,
  Array.from({ length: 3000 }, () => FRAME),
);
const NEXT = Buffer.concat([
  sectionBlock({ application: 'test' }),
  interfaceBlock({ linkType: 1 }),
  ...Array.from({ length: 100 }, (_, time) =>
    packetBlock({ interface: 0, time, bytes: FRAME, length: 1000 }),
  ),
]);
const HAS_ZSTD = spawnSync('zstd', ['--version']).status === 0;

describe('a file', () => {
  test.each<[string, Buffer, Partial<CaptureSummary>]>([
    [
      'pcap under a foreign name',
      CLASSIC,
      { format: 'pcap', packets: 3000, bytes: CLASSIC.length },
    ],
    ['pcapng', NEXT, { format: 'pcapng', packets: 100, bytes: NEXT.length }],
    [
      'pcap in gzip',
      zlib.gzipSync(CLASSIC),
      { format: 'pcap', packets: 3000, bytes: CLASSIC.length },
    ],
    [
      'two parts in gzip',
      Buffer.concat([
        zlib.gzipSync(CLASSIC.subarray(0, 5000)),
        zlib.gzipSync(CLASSIC.subarray(5000)),
      ]),
      { packets: 3000 },
    ],
    ['a head without packets', pcap(1, []), { format: 'pcap', packets: 0, ok: true }],
  ])('%s', async (_, bytes, wanted) => {
    const { summary, packets } = await read(bytes);
    expect(summary).toMatchObject({ ok: true, ...wanted });
    expect(packets).toBe(summary.packets);
  });

  test.runIf(HAS_ZSTD)('pcap in zstd', async () => {
    const packed = spawnSync('zstd', ['-c'], { input: CLASSIC, maxBuffer: 1 << 26 }).stdout;
    expect((await read(packed)).summary).toMatchObject({ ok: true, packets: 3000 });
    const cut = await read(packed.subarray(0, -5));
    expect(cut.summary).toMatchObject({ ok: false });
  });

  test.runIf(!Reflect.has(zlib, 'createZstdDecompress'))(
    'zstd without a program for it says what to do',
    async () => {
      const path = process.env['PATH'];
      process.env['PATH'] = folder;
      try {
        await expect(read(Buffer.from('28b52ffd0000', 'hex'))).rejects.toMatchObject({
          code: 'E_MISSING_TOOL',
          remedy: expect.stringContaining('zstd -dc FILE | portolan'),
        });
      } finally {
        process.env['PATH'] = path;
      }
    },
  );

  test('tells how far it is', async () => {
    const seen: CaptureProgress[] = [];
    await readCapture(written(CLASSIC), {
      onPacket: () => undefined,
      onProgress: (at) => seen.push(at),
    });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toEqual({ read: CLASSIC.length, total: CLASSIC.length });
    const packed = zlib.gzipSync(CLASSIC);
    await readCapture(written(packed), {
      onPacket: () => undefined,
      onProgress: (at) => seen.push(at),
    });
    expect(seen.at(-1)).toEqual({ read: packed.length, total: packed.length });
  });

  test.each<[string, Buffer, number, RegExp]>([
    ['cut in a packet', CLASSIC.subarray(0, 24 + 1016 * 10 + 500), 10, /ends inside the packet/],
    [
      'gzip that ends early',
      zlib.gzipSync(CLASSIC, { level: 0 }).subarray(0, 200_000),
      196,
      /compressed data is damaged/,
    ],
    ['text', Buffer.from('not a capture at all'), 0, /neither pcap nor pcapng/],
    ['nothing', Buffer.alloc(0), 0, /empty/],
    ['two octets', Buffer.from([0xd4, 0xc3]), 0, /neither pcap nor pcapng/],
  ])('%s: what came before is delivered', async (_, bytes, packets, why) => {
    const { summary, packets: delivered } = await read(bytes);
    expect(summary).toMatchObject({ ok: false, packets, damage: { packet: packets + 1 } });
    expect(summary.damage?.why).toMatch(why);
    expect(delivered).toBe(packets);
  });

  test('gzip with a wrong check sum: nearly all was delivered, and it is told', async () => {
    const { summary, packets } = await read(flipped(zlib.gzipSync(CLASSIC), -6));
    expect(summary).toMatchObject({ ok: false, packets });
    expect(summary.damage?.why).toMatch(/compressed data is damaged/);
    // 32 KiB and a packet.
    expect(packets).toBeGreaterThanOrEqual(3000 - 34);
  });

  test('what unpacks to more than a gibibyte at more than 1000 to 1 is refused', () => {
    expect(() => refuseBomb(1 << 20, (1 << 30) + 1)).toThrow(/1000 times/);
    expect(() => refuseBomb(1 << 21, (1 << 30) + 1)).not.toThrow();
    expect(() => refuseBomb(1, 1 << 30)).not.toThrow();
  });

  test('that is not there, or is a folder', async () => {
    const onPacket = (): void => undefined;
    for (const path of [join(folder, 'none'), folder]) {
      await expect(readCapture(path, { onPacket })).rejects.toMatchObject({
        code: 'E_INPUT_UNREADABLE',
      });
    }
  });
});

describe('a file that grows', () => {
  test('is followed, across packets that are half written, until the signal', async () => {
    const file = written(CLASSIC.subarray(0, 3000));
    const stop = new AbortController();
    let packets = 0;
    const reading = readCapture(file, {
      follow: true,
      signal: stop.signal,
      onPacket: () => {
        packets += 1;
        if (packets === 2) appendFileSync(file, CLASSIC.subarray(3000, 24 + 1016 * 5 + 100));
        if (packets === 5) stop.abort();
      },
    });
    expect(await reading).toMatchObject({ ok: true, packets: 5 });
  });

  test('and is cut is another file', async () => {
    const file = written(CLASSIC.subarray(0, 24 + 1016 * 5));
    const summary = await readCapture(file, {
      follow: true,
      onPacket: ({ frame }) => {
        if (frame === 5) truncateSync(file, 24);
      },
    });
    expect(summary).toMatchObject({ ok: false, packets: 5, damage: { why: 'the file was cut' } });
  });

  test('cannot be compressed', async () => {
    const file = written(zlib.gzipSync(CLASSIC));
    const reading = readCapture(file, { follow: true, onPacket: () => undefined });
    await expect(reading).rejects.toMatchObject({ code: 'E_USAGE' });
  });
});

describe('a pipe', () => {
  test.each<[string, Buffer]>([
    ['of a capture', CLASSIC],
    ['of a compressed capture', zlib.gzipSync(CLASSIC)],
  ])('%s', async (_, bytes) => {
    const cat = spawn('cat', [written(bytes)], { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(cat, 'exit');
    let packets = 0;
    // What a shell gives for <(…): a path to the reading end of a pipe.
    const path = fifo();
    const fill = spawn('sh', ['-c', 'cat > "$0"', path], {
      stdio: [cat.stdout, 'ignore', 'ignore'],
    });
    const summary = await readCapture(path, { onPacket: () => (packets += 1) });
    expect(summary).toMatchObject({ ok: true, packets: 3000 });
    expect(packets).toBe(3000);
    fill.kill();
    await exited;
  });
});

describe('standard input', () => {
  const PROGRAM = `
import { readCapture } from '${join(import.meta.dirname, '../../../src/io/capture/open.ts')}';
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const onPacket = ({ frame }) => { if (frame === 3000) console.error('all'); };
const { packets, ok, format } = await readCapture('-', { onPacket, signal: stop.signal });
console.log(JSON.stringify({ packets, ok, format }));
`;
  const built = (async () => {
    const input = join(folder, 'program.ts');
    writeFileSync(input, PROGRAM);
    const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    const file = join(folder, 'program.mjs');
    await build.write({ file, format: 'esm' });
    await build.close();
    return file;
  })();
  const wanted = { packets: 3000, ok: true, format: 'pcap' };

  test.each<[string, string]>([
    ['a pipe', 'cat "$1" | "$2" "$3"'],
    ['a file', '"$2" "$3" < "$1"'],
    ['a compressed pipe', 'gzip -c "$1" | "$2" "$3"'],
  ])('%s', async (_, command) => {
    const args = ['-c', command, 'sh', written(CLASSIC), process.execPath, await built];
    const { stdout } = spawnSync('sh', args, { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual(wanted);
  });

  test('that never ends is left at the signal', async () => {
    const child = spawn(process.execPath, [await built]);
    const exit = once(child, 'exit');
    const said = text(child.stdout);
    child.stdin.write(CLASSIC.subarray(0, -1));
    child.stdin.write(CLASSIC.subarray(-1));
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(JSON.parse(await said)).toEqual(wanted);
  });
});

function fifo(): string {
  const path = join(folder, `pipe-${Math.random()}`);
  spawnSync('mkfifo', [path]);
  return path;
}

function written(bytes: Uint8Array): string {
  const path = join(folder, `${Math.random()}.txt`);
  writeFileSync(path, bytes);
  return path;
}

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[bytes.length + at] = (bytes.at(at) ?? 0) ^ 0xff;
  return bytes;
}

async function read(bytes: Uint8Array): Promise<{ summary: CaptureSummary; packets: number }> {
  let packets = 0;
  const summary = await readCapture(written(bytes), { onPacket: () => (packets += 1) });
  return { summary, packets };
}
