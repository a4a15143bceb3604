import { describe, expect, test } from 'vitest';
import type { Attempt } from '../../../src/io/scan/canary.ts';
import { Canary } from '../../../src/io/scan/canary.ts';

const OPEN: Attempt = { kind: 'open', milliseconds: 5 };
const REFUSED: Attempt = { kind: 'refused', milliseconds: 5 };
const SLOW: Attempt = { kind: 'open', milliseconds: 1500 };
const SILENT: Attempt = { kind: 'silent' };

describe('the canary', () => {
  test.each([
    ['an open port', [[80, OPEN]], 'fine'],
    ['a refused port', [[81, REFUSED]], 'fine'],
    [
      'silence from somebody who never answered',
      [
        [80, SILENT],
        [81, SILENT],
        [82, SILENT],
      ],
      'fine',
    ],
    [
      'one silent port of a device that answers',
      [
        [80, OPEN],
        [81, SILENT],
      ],
      'fine',
    ],
    [
      'two silent ports in a row',
      [
        [80, OPEN],
        [81, SILENT],
        [82, SILENT],
      ],
      'check',
    ],
    [
      'an answer in between',
      [
        [80, OPEN],
        [81, SILENT],
        [82, REFUSED],
        [83, SILENT],
      ],
      'fine',
    ],
    [
      'an open port that went silent',
      [
        [80, OPEN],
        [80, SILENT],
      ],
      'check',
    ],
    [
      'an open port that refuses now',
      [
        [80, OPEN],
        [80, REFUSED],
      ],
      'check',
    ],
    [
      'the same twice',
      [
        [80, OPEN],
        [80, SILENT],
        [80, SILENT],
      ],
      'port-lost',
    ],
    [
      'a port that came back',
      [
        [80, OPEN],
        [80, SILENT],
        [80, OPEN],
        [80, OPEN],
      ],
      'fine',
    ],
    [
      'answers that became twenty times slower',
      [
        [80, OPEN],
        [80, SLOW],
      ],
      'check',
    ],
    [
      'a device that was slow from the start',
      [
        [80, SLOW],
        [80, SLOW],
      ],
      'fine',
    ],
  ] satisfies [string, [number, Attempt][], string][])('%s: %s', (_, attempts, verdict) => {
    const canary = new Canary();
    const verdicts = attempts.map(([port, attempt]) => canary.note(port, attempt));
    expect(verdicts.at(-1)).toBe(verdict);
  });

  test('looks after a firewalled device less and less often', () => {
    const canary = new Canary();
    canary.note(80, OPEN);
    let checks = 0;
    for (let port = 1000; port < 1100; port += 1) {
      if (canary.note(port, SILENT) === 'fine') continue;
      checks += 1;
      canary.cleared();
    }
    expect(checks).toBeGreaterThan(5);
    expect(checks).toBeLessThan(12);
  });

  test.each([
    [
      'another open port',
      [
        [80, OPEN],
        [443, OPEN],
      ],
      80,
      443,
    ],
    [
      'a refused port where nothing else is open',
      [
        [80, OPEN],
        [81, REFUSED],
      ],
      80,
      81,
    ],
    ['the port itself where there is no other', [[80, OPEN]], 80, 80],
    ['nobody where nothing answered', [[80, SILENT]], 80, undefined],
  ] satisfies [string, [number, Attempt][], number, number | undefined][])(
    'takes as witness %s',
    (_, attempts, port, witness) => {
      const canary = new Canary();
      for (const [asked, attempt] of attempts) canary.note(asked, attempt);
      expect(canary.witness(port)).toBe(witness);
    },
  );
});
