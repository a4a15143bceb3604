import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AlertKeeper } from '../../src/io/alerts/keeper.ts';
import { openStore } from '../../src/io/store/open.ts';
import { signal } from '../alerts/signals.ts';
import { Story } from '../evidence.ts';
import { flow } from '../io/api/site-context.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const HOUR = 3_600_000;
const CAMERA = '192.168.1.31';
const MAC = '44:19:b6:00:11:22';

let folder = '';

function portolan(...words: readonly string[]) {
  return spawnSync(process.execPath, [PRODUCT, ...words], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: folder, NO_COLOR: '1' },
    timeout: 60_000,
  });
}

function items(...words: readonly string[]): readonly Record<string, unknown>[] {
  const { stdout, stderr } = portolan(...words, '--json');
  if (stdout === '') throw new Error(stderr);
  const document: { items: Record<string, unknown>[] } = JSON.parse(stdout);
  return document.items;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-query-'));
  const now = Date.now();
  const store = openStore(folder);
  store.append(
    new Story(now - HOUR)
      .present(CAMERA, MAC)
      .attribute(CAMERA, 'vendor', 'Hikvision')
      .open(CAMERA, 23)
      .speaks(CAMERA, 23, 'telnet')
      .present('192.168.1.32')
      .open('192.168.1.32', 443)
      .speaks('192.168.1.32', 443, 'http', { over: 'tls' }).evidence,
  );
  store.appendFlows(
    [flow({ at: now - HOUR }), flow({ at: now - 2 * HOUR, protocol: 'mqtt' })],
    'x',
  );
  const keeper = new AlertKeeper(store);
  keeper.take(signal({ at: now - HOUR, devices: [MAC], severity: 'high' }));
  keeper.close();
  store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the same filter', () => {
  test.each([
    ['devices', 'vendor = hikvision and port = 23', 1],
    ['services', 'encrypted = no', 1],
    ['ledger', 'protocol = telnet and open = yes', 1],
    ['findings', 'severity >= medium and device ~ 192.168.1.31', 1],
    ['flows', 'protocol = mqtt and to = internet', 1],
    ['alerts', 'severity >= high', 1],
  ])('asks %s by --filter and by query', (list, filter, least) => {
    const listed = items(list, '--filter', filter);
    const queried = items('query', '--resource', list, filter);
    expect(listed.length).toBeGreaterThanOrEqual(least);
    expect(queried).toHaveLength(listed.length);
    expect(items('query', '--resource', list, `not (${filter})`).length).toBe(
      items('query', '--resource', list).length - queried.length,
    );
  });
});

describe('query', () => {
  test('has devices without being told which list, and sorts and cuts', () => {
    expect(items('query', '--sort', '-address').map(({ address }) => address)).toEqual([
      '192.168.1.32',
      CAMERA,
    ]);
    expect(items('query', '--sort', 'address', '--limit', '1')).toMatchObject([
      { address: CAMERA, vendor: 'Hikvision', alerts: 1 },
    ]);
  });

  test('prints a table', () => {
    const { status, stdout } = portolan('query', 'port = 23');
    expect(status).toBe(0);
    expect(stdout).toContain('Hikvision');
    expect(stdout).not.toContain('192.168.1.32');
  });

  test('tells its fields', () => {
    const { stdout } = portolan('query', '--resource', 'ledger', '--fields');
    expect(stdout).toContain('verdict');
    expect(items('query', '--fields').map(({ name }) => name)).toContain('service.unused');
  });

  test.each([
    ['a field that is not there', ['query', 'vendr = x'], 'did you mean "vendor"?'],
    ['with a caret under the place', ['devices', '--filter', 'port = x'], '             ^'],
    ['in the list of flows', ['flows', '--filter', 'protcol = x'], 'did you mean "protocol"?'],
    ['an order that is not there', ['query', '--sort', 'nme'], 'did you mean "name"?'],
    ['a limit that is none', ['query', '--limit', '0'], '--limit "0"'],
  ])('refuses %s', (_, words, text) => {
    const { status, stdout, stderr } = portolan(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(text);
  });

  test('has a remedy that works', () => {
    const [, words = ''] = /portolan (query [^\n]+)/.exec(portolan('query', 'x = 1').stderr) ?? [];
    expect(portolan(...words.trim().split(' ')).status).toBe(0);
  });
});
