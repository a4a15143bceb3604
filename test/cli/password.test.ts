import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { find } from '../../lab/tools.ts';

const PRODUCT = join(import.meta.dirname, '../../dist/portolan.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'portolan-password-'));
const isMissing = find('python3') === undefined && process.env['CI'] === undefined;
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A person at a terminal: waits for each question, types, and shows what the terminal had shown. */
const PERSON = `
import os, pty, sys
at = sys.argv.index("--")
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:at])
seen, rest, shown = b"", sys.argv[at + 1:], b""
while True:
    try: part = os.read(fd, 4096)
    except OSError: break
    if not part: break
    seen += part
    shown += part
    if rest and rest[0].encode() in seen:
        os.write(fd, rest[1].encode().decode("unicode_escape").encode("latin1"))
        seen, rest = b"", rest[2:]
sys.stdout.write(shown.decode(errors="replace"))
print("= status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
`;

function asked(name: string, ...answers: readonly string[]): string {
  const command = [process.execPath, PRODUCT, 'user', 'add', name, '--data', FOLDER];
  const { stdout, stderr } = spawnSync('python3', ['-c', PERSON, ...command, '--', ...answers], {
    encoding: 'utf8',
    env: { ...process.env, TERM: 'xterm' },
  });
  return stdout + stderr;
}

describe.skipIf(isMissing)('a password that is asked for', () => {
  test.each([
    [
      'is taken when it is typed twice',
      ['correct horse battery\\r', 'correct horse battery\\r'],
      0,
    ],
    [
      'may be corrected while it is typed',
      ['correct horse batteryx\\x7f\\r', 'correct horse battery\\r'],
      0,
    ],
    [
      'is not taken when the second differs',
      ['correct horse battery\\r', 'correct horse cattery\\r'],
      2,
    ],
    ['is not taken when it is short', ['short\\r', 'short\\r'], 2],
    ['is not asked for any longer after Ctrl-C', ['correct\\x03'], 5],
  ])('%s, and never shown', (_, [first = '', second = ''], status) => {
    const name = `user${randomInt(1_000_000)}`;
    const typed = second === '' ? ['Password:', first] : ['Password:', first, 'Again:', second];
    const shown = asked(name, ...typed);
    expect(shown).toContain(`= status ${status}`);
    expect(shown).not.toMatch(/horse|battery|short\r|correct/);
  });
});
