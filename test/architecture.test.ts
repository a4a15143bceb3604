import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

const PURE = [
  'wire',
  'protocols',
  'identify',
  'knowledge',
  'policy',
  'targets',
  'detectors',
].concat([
  'query',
  'notifiers',
  'reports',
  'alerts',
  'importers',
  'flows',
  'risk',
  'ledger',
  'inventory',
]);

/** Who may import from whom. Read downwards: nothing points up, and only `io` touches the world. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ['base'],
  wire: ['base', 'model'],
  protocols: ['base', 'model'],
  identify: ['base', 'model'],
  knowledge: ['base', 'model'],
  reports: ['base', 'model'],
  policy: ['base', 'model'],
  detectors: ['base', 'model'],
  query: ['base', 'model'],
  alerts: ['base', 'model'],
  notifiers: ['base', 'model'],
  // Flat firewalls are rendered from the decision diagram's disjoint boxes.
  targets: ['base', 'model', 'policy'],
  importers: ['base', 'model', 'wire'],
  risk: ['base', 'model', 'protocols'],
  flows: ['base', 'model', 'wire', 'protocols'],
  ledger: ['base', 'model', 'policy', 'knowledge'],
  inventory: ['base', 'model', 'identify'],
  'engine.ts': ['base', 'model', ...PURE],
  io: ['base', 'model', ...PURE, 'engine.ts'],
  cli: ['base', 'model', ...PURE, 'engine.ts', 'io'],
};

test.each(files(SRC))('%s imports only from below', (file) => {
  const from = layer(file);
  const imports = [
    ...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:from |import\()'(\.[^']+)'/g),
  ]
    .map(([, path = '']) => layer(join(dirname(file), path)))
    .filter((to) => to !== from);
  expect(ALLOWED[from], `${from} has no place in ALLOWED`).toEqual(expect.arrayContaining(imports));
});

test('no pure file draws random numbers or reads a clock by a side door', () => {
  const offenders = files(SRC)
    .filter((file) => !['io', 'cli'].includes(layer(file)))
    .filter((file) => /Math\.random|Date\.now|new Date\(\)|crypto\./.test(read(file)));
  expect(offenders).toEqual([]);
});

function read(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

function layer(file: string): string {
  return file.split(sep)[0] ?? '';
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
}
