import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { httpConversation, refused } from '../io/capture/frames.ts';
import { pcap } from '../wire/captures.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-watch-alerts-'));
  const ports = Array.from({ length: 60 }, (_, index) => 5000 + index);
  const quiet = [40_001, 40_002, 40_003].flatMap(httpConversation);
  const scan = [...quiet, ...ports.flatMap(refused)];
  writeFileSync(join(folder, 'quiet.pcap'), pcap(1, quiet.map(atHome)));
  writeFileSync(join(folder, 'scan.pcap'), pcap(1, scan.map(atHome)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 192.0.2.0/24 is nobody's network; 192.168.1.0/24 is one to look after. */
function atHome(frame: Uint8Array): Uint8Array {
  const hex = Buffer.from(frame).toString('hex').replaceAll('c00002', 'c0a801');
  return Buffer.from(hex, 'hex');
}

function portolan(data: string, ...words: readonly string[]) {
  return spawnSync(process.execPath, [PRODUCT, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: join(folder, data) },
    timeout: 60_000,
  });
}

function alertTypes(data: string): readonly unknown[] {
  const { stdout } = portolan(data, 'alerts', '--json');
  const document: { items: { first: { type: string } }[] } = JSON.parse(stdout);
  return document.items.map(({ first }) => first.type);
}

test('a port scan is said once while one watches, and kept', () => {
  const { status, stderr } = portolan('scanned', 'watch', '-r', join(folder, 'scan.pcap'));
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stderr.match(/portolan alerts show PTL-A-/g)).toHaveLength(1);
  expect(alertTypes('scanned')).toEqual(['port_scan_vertical']);
  const journal = readFileSync(join(folder, 'scanned', 'alerts.jsonl'), 'utf8');
  expect(journal).toContain('port_scan_vertical');
});

test('what is ordinary raises none', () => {
  portolan('quiet', 'watch', '-r', join(folder, 'quiet.pcap'));
  expect(alertTypes('quiet')).toEqual([]);
});

test('with --no-alerts nothing is judged', () => {
  portolan('off', 'watch', '--no-alerts', '-r', join(folder, 'scan.pcap'));
  expect(alertTypes('off')).toEqual([]);
});
