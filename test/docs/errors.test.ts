import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/base/errors.ts';
import { commands } from '../../src/cli/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test.each(ERROR_CODES)('%s has a section in docs/errors.md', (code) => {
  expect(read('docs/errors.md')).toMatch(new RegExp(`^## ${code}\n\\S`, 'm'));
});

test('docs/errors.md has no section for a code that does not exist', () => {
  const sections = [...read('docs/errors.md').matchAll(/^## (\S+)$/gm)].map(([, code]) => code);
  expect(sections.toSorted()).toEqual([...ERROR_CODES].toSorted());
});

test('every command that the documents show exists', () => {
  const known = new Set([...commands.map(({ name }) => name), 'help']);
  const shown = ['README.md', 'docs/errors.md', 'docs/architecture.md', 'SECURITY.md'].flatMap(
    (file) =>
      [...read(file).matchAll(/portolan(?:\.js)? ([a-z]+)/g)]
        .map(([whole, name = '']) => ({ whole, name }))
        .filter(({ whole }) => new RegExp(`[\`$] ?(?:node dist/)?${whole}`).test(read(file))),
  );
  expect(shown.length).toBeGreaterThan(8);
  expect(shown.filter(({ name }) => !known.has(name))).toEqual([]);
});

test('every dependency states its reason in docs/dependencies.md', () => {
  const parsed: Record<'dependencies' | 'optionalDependencies' | 'devDependencies', object> =
    JSON.parse(read('package.json'));
  const names = Object.keys({
    ...parsed.dependencies,
    ...parsed.optionalDependencies,
    ...parsed.devDependencies,
  });
  const page = read('docs/dependencies.md');
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test('no package of the tree has an install script', () => {
  const lock: { packages: Record<string, { hasInstallScript?: boolean }> } = JSON.parse(
    read('package-lock.json'),
  );
  const offenders = Object.entries(lock.packages).filter(
    ([, one]) => one.hasInstallScript === true,
  );
  expect(offenders.map(([name]) => name)).toEqual([]);
});
