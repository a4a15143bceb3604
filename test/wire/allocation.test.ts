import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { pcap } from './captures.ts';
import { FRAMES } from './link-frames.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIB = 1024 * 1024;

/** Decodes the same capture again and again and tells what that cost, in octets of the heap. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { PcapReader } from '${ROOT}/src/importers/pcap.ts';
import { decode } from '${ROOT}/src/wire/decode.ts';
const bytes = readFileSync(process.argv[2]);
let count = 0;
const onPacket = (packet) => { decode(packet); count += 1; };
const run = (packets) => {
  const goal = count + packets;
  while (count < goal) {
    const reader = new PcapReader();
    reader.push(bytes, onPacket);
    reader.end();
  }
};
run(300000);
gc();
const before = process.memoryUsage().heapUsed;
run(1000000);
const made = process.memoryUsage().heapUsed - before;
gc();
console.log(JSON.stringify({ made, kept: process.memoryUsage().heapUsed - before }));
`;

test('a million packets leave nothing in the heap, and make next to nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'allocation-'));
  try {
    const ethernet = FRAMES.filter(([, linkType]) => linkType === 1).map(([, , frame]) => frame);
    const many = Array.from({ length: 400 }, () => ethernet).flat();
    writeFileSync(join(folder, 'own.pcap'), pcap(1, many));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const input = join(folder, 'program.ts');
    const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    const file = join(folder, 'program.mjs');
    await build.write({ file, format: 'esm' });
    await build.close();
    // Young objects stay where they are, so that what was made is seen and not only what was kept.
    const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
    const said = execFileSync(process.execPath, [...flags, file, join(folder, 'own.pcap')], {
      encoding: 'utf8',
    });
    const { made, kept } = JSON.parse(said);
    expect(kept).toBeLessThan(MIB);
    expect(made).toBeLessThan(4 * MIB);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
