import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

test('docs/adding/protocol.md leads to a protocol that keeps the contract', () => {
  const page = readFileSync(join(ROOT, 'docs/adding/protocol.md'), 'utf8');
  const copy = mkdtempSync(join(tmpdir(), 'portolan-doc-'));
  try {
    for (const part of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    for (const name of ['src/protocols/mpd.ts', 'test/protocols/exchanges/mpd.ts']) {
      writeFileSync(join(copy, name), block(page, `\`${name}\``));
    }
    for (const name of ['src/protocols/index.ts', 'test/protocols/exchanges/index.ts']) {
      addToList(join(copy, name), block(page, `\`${name}\``));
    }
    const output = execFileSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        'test/protocols/contract.test.ts',
        '-t',
        'mpd',
      ],
      { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
    );
    expect(output).toMatch(/Tests\s+\d+ passed/);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}, 60_000);

function block(page: string, heading: string): string {
  const from = page.indexOf('\n', page.indexOf('```', page.indexOf(heading))) + 1;
  return page.slice(from, page.indexOf('```', from));
}

/** The page's lines as a person would place them: the import on top, the member first in the list. */
function addToList(file: string, lines: string): void {
  const [importLine = '', member = ''] = lines.split('\n').map((line) => line.slice(1));
  const list = readFileSync(file, 'utf8');
  const opened = list.replace(/registry\(\[|Exchange\[\] = \[/, (start) => `${start}\n${member}\n`);
  writeFileSync(file, `${importLine}\n${opened}`);
}
