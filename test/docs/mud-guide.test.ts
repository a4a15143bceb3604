import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mud } from '../../src/cli/mud.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const GUIDE = read('docs/guides/mud.md');

test('every code that a MUD file can be told is in the guide, and no other', () => {
  const sources = ['semantics', 'read-mud', 'yang'].map((name) =>
    read(`src/policy/mud/${name}.ts`),
  );
  const said = sources
    .join('\n')
    .matchAll(/(?:code: |'(?:error|warning)',\s+|refuse\()'([a-z]+(?:-[a-z]+)*)'/g);
  const codes = new Set([...said].map(([, code = '']) => code));
  const table = GUIDE.slice(GUIDE.indexOf('| code |'), GUIDE.indexOf('## Out again'));
  const listed = [...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code = '']) => code);
  expect(new Set(listed)).toEqual(codes);
});

test('every verb and option of the guide exists', () => {
  const verbs = mud.args?.[0]?.choices ?? [];
  const shown = [...GUIDE.matchAll(/portolan mud ([a-z]+)/g)].map(([, verb]) => verb);
  expect(verbs).toEqual(expect.arrayContaining(shown));
  const options = (mud.options ?? []).map(({ flags }) => flags.split(' ')[0]);
  const used = [...GUIDE.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);
  expect(options).toEqual(expect.arrayContaining([...new Set(used)]));
});
