import { expect, test } from 'vitest';
import { loadLibc } from '../../../src/io/capture/libc.ts';

/** Discovery asks every interface for stations, each over a socket of its own. */
test.skipIf(process.platform !== 'linux')('libc is bound once, however many ask for it', () => {
  const first = loadLibc();
  expect(first, 'koffi is not installed: npm ci').toBeDefined();
  expect(loadLibc()).toBe(first);
  expect(first?.interfaceIndex('lo')).toBeGreaterThan(0);
});
