import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';
import type { Device } from '../../src/model/device.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-listing-'));
const isMissing = find('stty') === undefined || find('script') === undefined;

function portolan(...argv: readonly string[]): { status: number | null; out: string; err: string } {
  const all = [PRODUCT, '--config', 'none', '--data', join(FOLDER, 'data'), ...argv];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

function devices(): readonly Device[] {
  const document: { items: Device[] } = JSON.parse(portolan('devices', '--json').out); // Our own.
  return document.items;
}

function addressed(address: string): Device | undefined {
  return devices().find(({ addresses }) => addresses.includes(address));
}

/** Two addresses with one host key: one device, until somebody says otherwise. */
const NMAP = ['127.94.0.1', '127.94.0.2']
  .map(
    (address) => `<host><status state="up"/><address addr="${address}" addrtype="ipv4"/>
<address addr="02:00:00:00:94:01" addrtype="mac"/>
<ports><port protocol="tcp" portid="22"><state state="open"/><service name="ssh"/></port></ports></host>`,
  )
  .join('\n');

beforeAll(() => {
  const file = join(FOLDER, 'scan.xml');
  writeFileSync(file, `<?xml version="1.0"?>\n<nmaprun scanner="nmap">\n${NMAP}\n</nmaprun>\n`);
  expect(portolan('import', file)).toMatchObject({ status: 0 });
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

test('a scan of one address tells of it alone, whoever else is known', () => {
  const { out, status } = portolan('scan', '127.94.0.9', '--assume-up', '-p', '9');
  expect(status).toBe(0);
  expect(out).toContain('127.94.0.9');
  expect(out).not.toContain('127.94.0.1\t');
  const json = portolan('scan', '127.94.0.9', '--assume-up', '-p', '9', '--json').out;
  const document: { devices: Device[] } = JSON.parse(json); // Our own.
  expect(document.devices.flatMap(({ addresses }) => addresses)).toEqual(['127.94.0.9']);
});

test('a device is scanned by its id', () => {
  const id = addressed('127.94.0.1')?.id ?? '';
  const { out } = portolan('scan', id, '--dry-run');
  expect(out).toContain('127.94.0.1');
  expect(out).not.toContain('127.94.0.9');
});

test('devices split parts what was taken for one, and undo joins it again', () => {
  const both = addressed('127.94.0.1');
  expect(both?.addresses).toEqual(expect.arrayContaining(['127.94.0.1', '127.94.0.2']));
  const { err, status } = portolan('devices', 'split', both?.id ?? '', 'mac:02:00:00:00:94:01');
  expect(status).toBe(0);
  const undo = /portolan devices undo (\d+)/.exec(err)?.[1] ?? '';
  expect(addressed('127.94.0.1')?.id).not.toBe(addressed('127.94.0.2')?.id);
  expect(portolan('devices', 'undo', undo)).toMatchObject({ status: 0 });
  expect(addressed('127.94.0.1')?.id).toBe(addressed('127.94.0.2')?.id);
});

test.skipIf(isMissing && process.env['CI'] === undefined).each([34, 40, 48, 60, 80])(
  'the whole ledger fits a terminal of %d columns',
  (columns) => {
    const command = `stty cols ${columns} rows 40; ${process.execPath} ${PRODUCT} --config none --data ${join(FOLDER, 'data')} ledger --all --no-color`;
    const { stdout } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
    const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
    expect(lines.some((line) => line.includes('22/tcp'))).toBe(true);
    expect(lines.filter((line) => [...line].length > columns)).toEqual([]);
  },
);
