import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { obstacle } from '../lab/lab.ts';
import { find } from '../lab/tools.ts';
import { whyNoSystemd } from './cli/systemd-space.ts';

/*
 * A test whose program is not installed is left out on a user's machine, and says so. On the build
 * machine nothing is left out: there, what any of them asks for must be.
 */

const IS_BUILD_MACHINE = process.env['CI'] !== undefined;

/** `find('nft')`, `lacks('nft')`, `lacking('nft', 'ip')`. */
const ASKED = /\b(?:find|lacks|lacking)\(((?:'[\w.-]+'(?:,\s*)?)+)\)/g;

const PROGRAMS = [
  ...new Set(
    readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .flatMap((text) => [...text.matchAll(ASKED)])
      .flatMap(([, names = '']) => names.match(/[\w.-]+/g) ?? []),
  ),
].toSorted();

test('tests ask for programs in a way that is seen here', () => {
  expect(PROGRAMS).toEqual(
    expect.arrayContaining(['mosquitto', 'nft', 'systemd-analyze', 'tshark']),
  );
});

test.runIf(IS_BUILD_MACHINE).each(PROGRAMS)('the build machine has %s', (program) => {
  expect(find(program)).toBeDefined();
});

test.runIf(IS_BUILD_MACHINE)('the build machine has network namespaces, systemd, and root', () => {
  expect([obstacle(), whyNoSystemd(), process.getuid?.()]).toEqual([undefined, undefined, 0]);
});
