import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sendExec } from '../../../src/io/deliver/send-exec.ts';
import { exec } from '../../../src/notifiers/exec.ts';
import { CONTEXT, hostileNotice } from '../../notifiers/samples.ts';
import { ATTACKS } from '../../reports/attacks.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-exec-'));
const signal = new AbortController().signal;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('a program of the user', () => {
  test('gets its arguments as they are, the notice on standard input, and no secret of ours', async () => {
    const out = join(folder, 'out');
    process.env['PORTOLAN_TEST_SECRET'] = 'hunter2';
    const program = script(
      'tell',
      `env > "${out}.env"; pwd >> "${out}.env"; printf '%s\\n' "$@" > "${out}.args"; cat > "${out}.stdin"`,
    );
    const command = [program, '$(touch /tmp/x)', 'a b', '; id'];
    expect(await sendExec('{"a":1}\n', { command, timeout: 10 }, signal)).toEqual({
      kind: 'delivered',
    });
    delete process.env['PORTOLAN_TEST_SECRET'];
    expect(readFileSync(`${out}.args`, 'utf8')).toBe('$(touch /tmp/x)\na b\n; id\n');
    expect(readFileSync(`${out}.stdin`, 'utf8')).toBe('{"a":1}\n');
    const names = readFileSync(`${out}.env`, 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(
      names.filter(
        (name) => !['PATH', 'LANG', 'PWD', '/', '', '_', 'SHLVL', 'OLDPWD'].includes(name ?? ''),
      ),
    ).toEqual([]);
  });

  test('no name in a notice does anything', async () => {
    const seen = join(folder, 'seen');
    const program = script('count', `cat >> "${seen}"`);
    for (const text of ATTACKS) {
      const delivery = exec.format(
        hostileNotice(text),
        { type: 'exec', command: [program], timeout: 10 },
        CONTEXT,
      );
      await sendExec(delivery.stdin, { command: [program], timeout: 10 }, signal);
    }
    const lines = readFileSync(seen, 'utf8').split('\n').slice(0, -1);
    expect(lines).toHaveLength(ATTACKS.length);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(existsSync('/tmp/portolan-pwned')).toBe(false);
  }, 30_000);

  test.each([
    [
      'one that fails says why',
      'echo "no modem" >&2; exit 3',
      { kind: 'later', why: 'it ended with 3: no modem' },
    ],
    ['one that is killed', 'kill -9 $$', { kind: 'later', why: 'it ended with SIGKILL:' }],
    ['one that reads nothing', 'exec <&-; exit 0', { kind: 'delivered' }],
    ['one that talks without end', 'yes >&2 | head -c 10000000; exit 1', { kind: 'later' }],
    ['one that leaves a child behind', 'sleep 60 & exit 0', { kind: 'delivered' }],
  ])('%s', async (name, text, expected) => {
    const program = script(name.replaceAll(' ', '-'), text);
    const big = 'x'.repeat(1_000_000);
    expect(await sendExec(big, { command: [program], timeout: 2 }, signal)).toMatchObject(expected);
  });

  test('one that takes too long ends, with what it started', async () => {
    const pid = join(folder, 'pid');
    const program = script('slow', `sleep 300 & echo $! > "${pid}"; wait`);
    expect(await sendExec('', { command: [program], timeout: 1 }, signal)).toEqual({
      kind: 'later',
      why: 'it took longer than 1 s',
    });
    await expect.poll(() => isRunning(Number(readFileSync(pid, 'utf8')))).toBe(false);
  });

  test('one that is not there is not tried again', async () => {
    expect(
      await sendExec('', { command: ['/nonexistent/program'], timeout: 1 }, signal),
    ).toMatchObject({
      kind: 'refused',
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    // A killed one may wait for its parent to look: that is no longer running.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
