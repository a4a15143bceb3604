import { expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import { purposeOf } from '../../src/identify/purpose.ts';
import type { Category, Certainty } from '../../src/model/core.ts';
import type { Belief } from '../../src/model/device.ts';
import type { AttributeName } from '../../src/model/evidence.ts';

type Known = Partial<Record<AttributeName, readonly [value: string, certainty: Certainty]>>;

test.each<[string, Category | 'unknown', Known, string, string]>([
  [
    'a camera does one thing',
    'smart-home',
    { kind: ['camera', 'likely'], category: ['smart-home', 'likely'] },
    'single',
    'it is known as smart-home (camera)',
  ],
  [
    'a television that runs Android stays a television',
    'smart-home',
    { kind: ['tv', 'likely'], os: ['Android', 'likely'], category: ['smart-home', 'likely'] },
    'single',
    'it is known as smart-home (tv)',
  ],
  [
    'a phone does what its owner likes',
    'general-purpose',
    { category: ['general-purpose', 'proved'] },
    'general',
    'it is known as general-purpose',
  ],
  [
    'a maker known by its card is a hint, and decides nothing',
    'smart-home',
    { category: ['smart-home', 'hint'] },
    'unknown',
    '',
  ],
  [
    'a system where the category is a hint',
    'industrial',
    { category: ['industrial', 'hint'], os: ['Windows', 'likely'] },
    'general',
    'it runs windows',
  ],
  ['firmware', 'unknown', { os: ['FreeRTOS', 'likely'] }, 'single', 'it runs freertos'],
  ['a system that may be either', 'unknown', { os: ['Linux', 'proved'] }, 'unknown', ''],
  ['a system that is a hint', 'unknown', { os: ['Windows', 'hint'] }, 'unknown', ''],
  ['nothing known', 'unknown', {}, 'unknown', ''],
])('%s', (_, category, known, purpose, reason) => {
  const attributes = Object.fromEntries(
    Object.entries(known).map(([name, [value, certainty]]) => [name, [belief(value, certainty)]]),
  );
  expect(purposeOf({ category, attributes })).toEqual({ purpose, reason });
});

test('a reason holds no markup of a stranger', () => {
  const attributes = { os: [belief('windows <script>\u001b[2J', 'likely')] };
  expect(purposeOf({ category: 'unknown', attributes }).reason).toBe('it runs windows script2j');
});

function belief(value: string, certainty: Certainty): Belief {
  return { value: untrusted(value), certainty, source: 'passive', evidence: [1] };
}
