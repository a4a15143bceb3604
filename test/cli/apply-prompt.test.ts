import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lacking } from '../lab/need.ts';
import { Site } from './apply-site.ts';

const MISSING = lacking('unshare', 'ip', 'nft', 'conntrack', 'python3');

let site: Site;
beforeEach(() => {
  site = new Site();
});
afterEach(() => site.close());

/** A person at a terminal: waits for a text, types an answer, and so on; then prints the status. */
const PERSON = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:sys.argv.index("--")])
seen, rest = b"", sys.argv[sys.argv.index("--") + 1:]
while True:
    try: part = os.read(fd, 4096)
    except OSError: break
    if not part: break
    seen += part
    if rest and rest[0].encode() in seen:
        os.write(fd, rest[1].encode() + b"\\r"); rest = rest[2:]
sys.stdout.write(seen.decode(errors="replace"))
print("= status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
`;

function marks(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.startsWith('='));
}

describe.skipIf(MISSING !== undefined)('at a terminal', () => {
  test.each([
    ['is kept by yes', ['Load it?', 'y', 'Type yes', 'yes'], ['= status 0', '= in force']],
    ['is taken back by no', ['Load it?', 'y', 'Type yes', 'no'], ['= status 7']],
    ['is taken back where nobody answers', ['Load it?', 'y'], ['= status 7']],
    ['is not loaded without a yes', ['Load it?', ''], ['= status 2']],
  ])('a change %s', (_, answers, expected) => {
    site.file('person.py', PERSON);
    const typed = answers.map((word) => `'${word}'`).join(' ');
    const { out } = site.run(`
      python3 person.py ${process.execPath} "$PRODUCT" apply --confirm-within 4 --state $PWD/state -- ${typed}
      nft list table inet portolan >/dev/null 2>&1 && echo "= in force"`);
    expect(marks(out), out).toEqual(expected);
  });
});
