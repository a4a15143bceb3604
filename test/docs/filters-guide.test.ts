import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/index.ts';
import { LOOKED_AT } from '../../src/io/api/flow-list.ts';
import { compileFilter } from '../../src/query/compile.ts';
import { alerts } from '../../src/query/resources/alerts.ts';
import { changelog } from '../../src/query/resources/changelog.ts';
import { devices } from '../../src/query/resources/devices.ts';
import { findings } from '../../src/query/resources/findings.ts';
import { flows } from '../../src/query/resources/flows.ts';
import { ledger } from '../../src/query/resources/ledger.ts';
import { scans } from '../../src/query/resources/scans.ts';
import { services } from '../../src/query/resources/services.ts';
import { DEEPEST, LONGEST } from '../../src/query/syntax.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guides/filters.md'), 'utf8');

const [, terms = ''] = /## Terms\n\n\| write.*\n\|[-|]+\n([\s\S]*?)\n\n/.exec(GUIDE) ?? [];
const TERMS = [...terms.matchAll(/^\| `([^`]+)`/gm)].map(([, term = '']) => term);

test('every term of the guide is one', () => {
  expect(TERMS.length).toBeGreaterThan(10);
  for (const term of TERMS) expect(() => compileFilter(term, devices, 0), term).not.toThrow();
});

describe('the lists of the guide', () => {
  const [, rows = ''] = /## Lists\n\n\| page.*\n\|[-|]+\n([\s\S]*?)\n\n/.exec(GUIDE) ?? [];
  const lines = rows
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));

  test.each([
    ['Devices', devices],
    ['Services', services],
    ['Ledger, matrix', ledger],
    ['Findings', findings],
    ['Flows', flows],
    ['Alerts', alerts],
    ['Change log', changelog],
    ['Scans', scans],
  ])('%s are in the order that it says', (page, { order, fields }) => {
    const line = lines.find(([, title]) => title === page);
    expect(line?.[4]).toBe(order);
    expect(fields.map(({ name }) => name)).toContain(order.replace(/^-/, ''));
  });

  test('have commands with the options that it shows', () => {
    for (const [, page, , command = ''] of lines) {
      const [, name, ...words] = command.split(' ');
      const found: Command | undefined = commands.find((one) => one.name === name);
      expect(found?.name, page).toBe(name);
      for (const word of words.filter((one) => one.startsWith('--'))) {
        const known = (found?.options ?? []).map(({ flags }) => flags);
        expect(
          known.some((flags) => flags.includes(word)),
          `${name} ${word}`,
        ).toBe(true);
      }
    }
  });
});

test('the limits of the guide are those of the code', () => {
  for (const limit of [LONGEST, DEEPEST, LOOKED_AT]) {
    expect(GUIDE).toContain(limit.toLocaleString('en'));
  }
});

test.each([
  ['devices', devices],
  ['services', services],
  ['ledger', ledger],
  ['findings', findings],
  ['flows', flows],
  ['alerts', alerts],
])('fields of %s differ, each has a help, and the command takes a filter', (name, { fields }) => {
  expect(new Set(fields.map((field) => field.name.toLowerCase())).size).toBe(fields.length);
  expect(fields.filter(({ help }) => help === '')).toEqual([]);
  const command: Command | undefined = commands.find((one) => one.name === name);
  expect(command?.options?.map(({ flags }) => flags)).toContain('--filter <expr>');
});
