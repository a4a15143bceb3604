import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const running: ChildProcess[] = [];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portolan-serve-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function environment(data: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder, PORTOLAN_DATA: join(folder, data) };
}

interface Served {
  readonly child: ChildProcess;
  readonly address: string;
  readonly oneTimeLink: string;
}

async function serve(data: string, ...words: readonly string[]): Promise<Served> {
  const args = [PRODUCT, '--json', 'serve', '--no-ui', '--listen', '127.0.0.1:0', ...words];
  const child = spawn(process.execPath, args, {
    env: environment(data),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.trimEnd().endsWith('}')) break;
  }
  const { address, oneTimeLink }: { address: string; oneTimeLink: string } = JSON.parse(text);
  return { child, address, oneTimeLink };
}

function portolan(data: string, ...words: readonly string[]) {
  return spawnSync(process.execPath, [PRODUCT, ...words], {
    encoding: 'utf8',
    env: environment(data),
    timeout: 60_000,
  });
}

function ended({ child }: Served): Promise<number | null> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return closed;
}

test.each([
  ['a size that is none', ['--capture', 'lo', '--keep-packets', '64'], 'no size from 8MB'],
  ['packets of no capture', ['--keep-packets', '64MB'], 'serve --capture eth0 --keep-packets'],
])('%s is refused before anything begins', (_, words, said) => {
  const { status, stderr } = portolan('refused', 'serve', '--listen', '127.0.0.1:0', ...words);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(said) });
});

describe('portolan serve', () => {
  test('says where it is and how to begin, and keeps the database to itself until it ends', async () => {
    const served = await serve('plain');
    expect(served.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(served.oneTimeLink.startsWith(served.address)).toBe(true);
    const session = await fetch(new URL('api/v1/session', served.address));
    expect([session.status, await session.json()]).toEqual([
      200,
      expect.objectContaining({ state: 'setup' }),
    ]);

    const second = portolan('plain', 'serve', '--no-ui', '--listen', '127.0.0.1:0');
    expect(second.status).toBe(3);
    expect(second.stderr).toContain(`in use by process ${served.child.pid}`);
    // Every other command works beside it.
    expect(portolan('plain', 'devices').status).toBe(0);

    expect(await ended(served)).toBe(143);
    const again = await serve('plain');
    expect(await ended(again)).toBe(143);
  });

  test('has no right while it serves', async () => {
    const served = await serve('rights');
    const status = readFileSync(`/proc/${served.child.pid}/status`, 'utf8');
    expect(/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]).toBe('0000000000000000');
    await ended(served);
  });

  test.each([
    [
      'for everybody while nobody has an account',
      ['--listen', '0.0.0.0:0'],
      'nobody has an account',
    ],
    ['at what is no address', ['--listen', 'here'], 'is no address with a port'],
    ['below what is no path', ['--base-path', '/a b'], 'is no path'],
    ['headers of nobody', ['--user-header', 'X-User'], 'No proxy is named'],
    ['a scan each second', ['--scan-every', '1s'], 'is no interval'],
    ['an account that there is not', ['--user', 'no-such-user'], 'There is no account'],
  ])('refuses %s', (_, words, said) => {
    if (words[0] === '--user' && process.getuid?.() !== 0) return;
    const { status, stderr } = portolan('refused', 'serve', '--no-ui', ...words);
    expect(stderr).toContain(said);
    expect(status).toBe(2);
  });

  test('refuses an interface that there is not, and names those that there are', () => {
    const words = ['--listen', '127.0.0.1:0', '--capture', 'nope0'];
    const { status, stdout, stderr } = portolan('refused', 'serve', '--no-ui', ...words);
    expect(stderr).toMatch(/There is no interface "nope0"; there is .*\blo\b/);
    expect([status, stdout]).toEqual([3, '']);
  });

  test('says who can be asked where somebody else has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = Object(other.address());
    const { status, stderr } = portolan(
      'taken',
      'serve',
      '--no-ui',
      '--listen',
      `127.0.0.1:${port}`,
    );
    other.close();
    expect(stderr).toContain(`ss -ltnp sport = :${port}`);
    expect(status).toBe(2);
  });

  test('ends, and its helpers with it, where the configuration has a mistake', () => {
    const file = join(folder, 'mistake.yaml');
    writeFileSync(file, 'schedules: [{what: scan, every: 6x}]\n');
    const words = ['--no-ui', '--listen', '127.0.0.1:0', '--capture', 'lo'];
    const { status, stderr } = portolan('mistake', '--config', file, 'serve', ...words);
    expect(stderr).toContain('mistake.yaml:1:33: schedules.0.every: is no interval');
    expect(status).toBe(2);
  });
});
