import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { pcap } from '../wire/captures.ts';
import type { Said } from './talk.ts';
import { frameOf, handshake } from './talk.ts';

const ROOT = join(import.meta.dirname, '../..');
const MIB = 1024 * 1024;

/** Follows the same flows on and on and tells what a million packets cost, in octets of the heap. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { PcapReader } from '${ROOT}/src/importers/pcap.ts';
import { decode } from '${ROOT}/src/wire/decode.ts';
import { PassiveEngine } from '${ROOT}/src/flows/engine.ts';
import { protocols } from '${ROOT}/src/protocols/index.ts';
const bytes = readFileSync(process.argv[2]);
const engine = new PassiveEngine({
  protocols: protocols.all, observer: 'x', onEvidence() {}, onFlow() {}, wantsFlow: () => false,
});
let count = 0;
const onPacket = (packet) => {
  decode(packet);
  packet.time = 1e15 + count;
  engine.packet(packet);
  count += 1;
};
const run = (packets) => {
  const goal = count + packets;
  while (count < goal) {
    const reader = new PcapReader();
    reader.push(bytes, onPacket);
    reader.end();
  }
};
run(300000);
const heap = () => process.memoryUsage().heapUsed;
const measure = () => {
  gc();
  const before = heap();
  run(1000000);
  const made = heap() - before;
  gc();
  return { made, kept: heap() - before, size: engine.size };
};
// On a busy machine the compiler is late: until then numbers are objects. What stays is the least.
const rounds = Array.from({ length: 4 }, measure);
console.log(JSON.stringify(rounds.reduce((a, b) => (a.made < b.made ? a : b))));
`;

/** Flows that are recognised, then go on; some datagrams of a protocol that nobody knows. */
const SAID: readonly Said[] = Array.from({ length: 50 }, (_, index): readonly Said[] => {
  const client = `192.168.1.${100 + index}:40000`;
  const server = '192.168.1.20:8502';
  return [
    ...handshake(client, server),
    { from: client, to: server, tcp: '\0\x01\0\0\0\x06\x01\x03\0\0\0\x02', sequence: 1 },
    { from: server, to: client, tcp: '\0\x01\0\0\0\x07\x01\x03\x04\0\x01\0\x02', sequence: 1 },
    ...Array.from({ length: 20 }, (__, turn): Said => {
      return { from: client, to: server, tcp: 'x'.repeat(40), sequence: 13 + turn * 40 };
    }),
    { from: client, to: '192.168.1.21:6000', udp: 'zzzzzzzzzzzzzz' },
    { from: '192.168.1.21:6000', to: client, udp: 'zzzzzzzzzzzzzz' },
  ];
}).flat();

test('a million packets of flows that are known leave nothing in the heap', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'allocation-'));
  try {
    const many = Array.from({ length: 20 }, () => SAID.map(frameOf)).flat();
    writeFileSync(join(folder, 'own.pcap'), pcap(1, many));
    writeFileSync(join(folder, 'program.ts'), PROGRAM);
    const input = join(folder, 'program.ts');
    const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
    const file = join(folder, 'program.mjs');
    await build.write({ file, format: 'esm' });
    await build.close();
    const flags = ['--expose-gc', '--min-semi-space-size=256', '--max-semi-space-size=256'];
    const said = execFileSync(process.execPath, [...flags, file, join(folder, 'own.pcap')], {
      encoding: 'utf8',
    });
    const { made, kept, size } = JSON.parse(said);
    expect(size).toBe(100);
    expect(kept).toBeLessThan(MIB);
    expect(made).toBeLessThan(4 * MIB);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
