import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteCommand, quoteWord } from '../../../src/io/apply/quote.ts';

/** Shells that routers and servers have; each is asked where it is installed. */
const SHELLS = [['sh'], ['bash'], ['dash'], ['busybox', 'sh']].filter(
  ([program = '', ...args]) => spawnSync(program, [...args, '-c', 'true']).status === 0,
);
const SEED = 1003;

const word = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: fc.constantFrom(...`'"\\$\`!*?~#&;|<>(){}[]\n\t -=%^`), maxLength: 12 }),
  )
  .filter((text) => !text.includes('\0'));

test('a POSIX sh is there to ask', () => {
  expect(SHELLS.length).toBeGreaterThan(0);
});

test.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
  `%s gives each word on as it was (seed ${SEED})`,
  (_, [program = '', ...args]) => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
        const line = quoteCommand(['printf', '%s\\0', ...words]);
        const { stdout, status } = spawnSync(program, [...args, '-c', line], { encoding: 'utf8' });
        expect(status).toBe(0);
        expect(stdout).toBe(words.map((one) => `${one}\0`).join(''));
      }),
      { seed: SEED, numRuns: 60 },
    );
  },
);

test('a NUL, which no argument can hold, is refused', () => {
  expect(() => quoteWord('a\0b')).toThrow('NUL');
});
