import { expect, test } from 'vitest';
import { parseSize } from '../../src/cli/size.ts';

test.each([
  ['megabytes', '64MB', 64_000_000],
  ['gigabytes, in small letters', '2gb', 2_000_000_000],
])('%s: %s', (_, text, octets) => {
  expect(parseSize(text)).toBe(octets);
});

test.each([
  ['without a unit', '64'],
  ['too little to hold anything', '1MB'],
  ['more than anybody means', '900GB'],
  ['something else', '64 MiB'],
])('%s is refused: %s', (_, text) => {
  expect(() => parseSize(text)).toThrow(`"${text}" is no size from 8MB to 100GB`);
});
