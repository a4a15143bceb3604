import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { communityIdOf } from '../../src/base/community-id.ts';
import { pcap } from '../wire/captures.ts';
import type { Said } from './talk.ts';
import { frameOf, play } from './talk.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

const SAID: readonly Said[] = [
  { from: '192.0.2.1:40000', to: '192.0.2.2:80', tcp: 'x' },
  { from: '192.0.2.9:40000', to: '192.0.2.2:80', tcp: 'x' },
  { from: '192.0.2.2:53', to: '192.0.2.200:53', udp: 'x' },
  { from: '192.0.2.2:9', to: '192.0.2.2:8', udp: 'x' },
  { from: '[2001:db8::1]:40000', to: '[2001:db8::2]:443', udp: 'x' },
  { from: '[fe80::ff]:5353', to: '[ff02::fb]:5353', udp: 'x' },
];

test.skipIf(!hasTshark)('names flows as Wireshark does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'community-id-'));
  try {
    const file = join(folder, 'all.pcap');
    writeFileSync(file, pcap(1, SAID.map(frameOf)));
    const args = [
      '-r',
      file,
      '--enable-protocol',
      'communityid',
      '-T',
      'fields',
      '-e',
      'communityid',
    ];
    const theirs = execFileSync('tshark', args, { encoding: 'utf8' }).trim().split('\n');
    expect(theirs).toHaveLength(SAID.length);
    const { flows } = play(SAID);
    expect(flows.map(({ communityId }) => communityId)).toEqual(theirs);
    const fromText = flows.map((one) => communityIdOf(one.ipProtocol, one.source, one.destination));
    expect(fromText).toEqual(theirs);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('is the same whichever side spoke first', () => {
  const [one] = SAID.map(({ from, to }) => ({ from: to, to: from, tcp: 'x' }));
  const ids = [play(SAID.slice(0, 1)), play(one === undefined ? [] : [one])];
  expect(ids[0]?.flows[0]?.communityId).toBe(ids[1]?.flows[0]?.communityId);
});
