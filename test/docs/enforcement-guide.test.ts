import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES, PortolanError } from '../../src/base/errors.ts';
import type { Command } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/index.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/enforcement.md'), 'utf8');

/** Commands of the guide's blocks and sentences, with the words after them. */
const LINES = [...GUIDE.matchAll(/portolan ([a-z]+)([^`#\n]*)/g)].map(
  ([, name = '', rest = '']) => [name, rest.trim().split(/\s+/)] as const,
);

test('every command of the guide exists, with each of its options', () => {
  expect(LINES.length).toBeGreaterThan(15);
  for (const [name, words] of LINES) {
    const command: Command | undefined = commands.find((one) => one.name === name);
    expect(command?.name).toBe(name);
    const known = (command?.options ?? []).map(({ flags }) => flags);
    for (const word of words.filter((one) => /^--[a-z]/.test(one))) {
      expect(
        known.some((flags) => flags.includes(word)),
        `${name} ${word}`,
      ).toBe(true);
    }
  }
});

test('the codes of the guide have the status that it says', () => {
  const rows = [...GUIDE.matchAll(/^\| (\d) \| ([A-Z_, ]+) \|/gm)];
  expect(rows.length).toBe(4);
  for (const [, status, codes = ''] of rows) {
    for (const word of codes.split(', ')) {
      const code = ERROR_CODES.find((one) => one === word);
      if (code === undefined) throw new Error(`there is no ${word}`);
      expect(new PortolanError(code, '', { remedy: '' }).exitStatus).toBe(Number(status));
    }
  }
});
