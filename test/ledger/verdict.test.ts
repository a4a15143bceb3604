import { describe, expect, test } from 'vitest';
import type { Answers } from '../../src/ledger/verdict.ts';
import { verdictOf } from '../../src/ledger/verdict.ts';
import type { Verdict } from '../../src/model/ledger.ts';

const NOTHING: Answers = {
  direction: 'to-device',
  open: 'unknown',
  used: 'unknown',
  needed: 'unknown',
  allowed: 'unknown',
  odd: false,
  encryptable: false,
};
const OPEN: Partial<Answers> = { open: 'yes' };
const OUT: Partial<Answers> = { direction: 'from-device' };

test.each<[string, Partial<Answers>, Verdict]>([
  ['nothing is known', {}, 'unknown'],
  ['open, and nobody knows more', OPEN, 'unknown'],
  ['open and needed', { ...OPEN, needed: 'yes' }, 'fine'],
  ['open, needed and unused', { ...OPEN, needed: 'yes', used: 'no' }, 'fine'],
  ['open and not needed', { ...OPEN, needed: 'no' }, 'close'],
  ['open, used and not needed', { ...OPEN, used: 'yes', needed: 'no' }, 'close'],
  ['open and unused', { ...OPEN, used: 'no' }, 'close'],
  ['open and used, need unknown', { ...OPEN, used: 'yes' }, 'decide'],
  ['open on the wrong protocol', { ...OPEN, odd: true }, 'look'],
  ['unrecognised and needed', { ...OPEN, needed: 'yes', odd: true }, 'look'],
  ['unrecognised and not needed', { ...OPEN, needed: 'no', odd: true }, 'close'],
  ['open in the clear', { ...OPEN, encryptable: true }, 'encrypt'],
  ['needed in the clear', { ...OPEN, needed: 'yes', encryptable: true }, 'encrypt'],
  ['in the clear and unused', { ...OPEN, used: 'no', encryptable: true }, 'close'],
  ['needed and closed', { open: 'no', needed: 'yes' }, 'broken'],
  ['needed and forbidden', { ...OPEN, needed: 'yes', allowed: 'no' }, 'broken'],
  ['needed and nobody asked', { needed: 'yes' }, 'unknown'],
  ['closed, nobody needs it', { open: 'no', needed: 'no' }, 'fine'],
  ['closed, allowed and unused', { open: 'no', used: 'no', allowed: 'yes' }, 'tighten'],
  ['the device’s own connection, need unknown', { ...OUT, used: 'yes' }, 'decide'],
  ['the device’s own connection, needed', { ...OUT, used: 'yes', needed: 'yes' }, 'fine'],
  ['the device’s own connection, not needed', { ...OUT, used: 'yes', needed: 'no' }, 'close'],
  ['the device’s own connection, forbidden', { ...OUT, needed: 'yes', allowed: 'no' }, 'broken'],
  ['the device’s own connection, documented only', { ...OUT, needed: 'yes' }, 'unknown'],
  [
    'the device’s own connection, allowed for nothing',
    { ...OUT, used: 'no', allowed: 'yes' },
    'tighten',
  ],
])('%s', (_, answers, verdict) => {
  expect(verdictOf({ ...NOTHING, ...answers })).toBe(verdict);
});

describe('of all 648 combinations', () => {
  const all = combinations();

  test('there are as many', () => {
    expect(all).toHaveLength(648);
  });

  test.each<[string, (answers: Answers, verdict: Verdict) => boolean]>([
    [
      'nothing needed is to be closed',
      ({ needed }, verdict) => !(needed === 'yes' && verdict === 'close'),
    ],
    [
      'only what is needed is broken',
      ({ needed }, verdict) => verdict !== 'broken' || needed === 'yes',
    ],
    [
      'what is needed and forbidden is always broken',
      ({ needed, allowed }, verdict) =>
        !(needed === 'yes' && allowed === 'no') || verdict === 'broken',
    ],
    [
      'what is open and not needed is always to be closed',
      ({ open, needed, direction }, verdict) =>
        !(direction === 'to-device' && open === 'yes' && needed === 'no') || verdict === 'close',
    ],
    [
      'only what is open is to be encrypted or looked at',
      ({ open }, verdict) => (verdict !== 'encrypt' && verdict !== 'look') || open === 'yes',
    ],
    [
      'only what is used is to be decided',
      ({ used }, verdict) => verdict !== 'decide' || used === 'yes',
    ],
    [
      'only what is allowed is to be tightened',
      ({ allowed }, verdict) => verdict !== 'tighten' || allowed === 'yes',
    ],
    [
      'who knows nothing is told nothing',
      ({ open, used, needed, allowed, odd, encryptable }, verdict) =>
        [open, used, needed, allowed].some((answer) => answer !== 'unknown') ||
        odd ||
        encryptable ||
        verdict === 'unknown',
    ],
    [
      'what is open and unneeded by all accounts is never fine',
      ({ open, used, needed, direction }, verdict) =>
        !(direction === 'to-device' && open === 'yes' && used === 'no' && needed !== 'yes') ||
        verdict === 'close',
    ],
  ])('%s', (_, holds) => {
    expect(all.filter((answers) => !holds(answers, verdictOf(answers)))).toEqual([]);
  });
});

function combinations(): readonly Answers[] {
  const answers = ['yes', 'no', 'unknown'] as const;
  const both = [true, false];
  return (['to-device', 'from-device'] as const).flatMap((direction) =>
    answers.flatMap((open) =>
      answers.flatMap((used) =>
        answers.flatMap((needed) =>
          answers.flatMap((allowed) =>
            both.flatMap((odd) =>
              both.map((encryptable) => ({
                direction,
                open,
                used,
                needed,
                allowed,
                odd,
                encryptable,
              })),
            ),
          ),
        ),
      ),
    ),
  );
}
