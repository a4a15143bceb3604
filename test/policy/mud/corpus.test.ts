import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readMud } from '../../../src/policy/mud/read-mud.ts';
import { whyNoYanglint, yanglint } from './yanglint.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/mud');
const NOW = Date.UTC(2026, 10, 25);

interface Expected {
  readonly yanglint: 'accepts' | 'refuses';
  readonly portolan: 'accepts' | 'refuses';
  /** What we say of it: nothing of the kind in a good file. */
  readonly codes: readonly string[];
}

const expected: Readonly<Record<string, Expected>> = JSON.parse(
  readFileSync(join(FOLDER, 'expected.json'), 'utf8'),
);
const files = Object.entries(expected);

const missing = whyNoYanglint();

test('there are files of every kind', () => {
  const of = (kind: string): number => files.filter(([name]) => name.startsWith(`${kind}/`)).length;
  expect(of('good')).toBeGreaterThanOrEqual(5);
  expect(of('bad-yang')).toBeGreaterThanOrEqual(17);
  expect(of('bad-semantic')).toBeGreaterThanOrEqual(17);
});

describe.each(files)('%s', (name, { yanglint: theirs, portolan: ours, codes }) => {
  test(`portolan ${ours} it and says ${codes.join(', ') || 'nothing'}`, () => {
    const read = readMud(readFileSync(join(FOLDER, name), 'utf8'), { now: NOW });
    const said = new Set(read.diagnostics.map(({ code }) => code));
    expect({ ok: read.ok, said: [...said] }).toEqual({ ok: ours === 'accepts', said: codes });
    for (const one of read.diagnostics) expect(one).toMatchObject({ line: expect.any(Number) });
  });

  test.runIf(missing === undefined || process.env['CI'] !== undefined)(
    `yanglint ${theirs} it`,
    () => {
      const { valid, said } = yanglint(join(FOLDER, name));
      expect(valid, said).toBe(theirs === 'accepts');
    },
  );
});
