import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LastTwo } from '../../../src/detectors/learned/last-two.ts';

describe('the two answers that were asked for last', () => {
  test('are those, and no older ones', () => {
    const asked = new LastTwo<number>();
    for (const [value, key] of ['a', 'b', 'c'].entries()) asked.set(key, undefined, value);
    expect(['a', 'b', 'c'].map((key) => asked.get(key))).toEqual([undefined, 1, 2]);
    asked.clear();
    expect(asked.get('c')).toBeUndefined();
  });

  test('are told apart by what else the question had', () => {
    const asked = new LastTwo<string>();
    asked.set('192.0.2.1', '24:0a:c4:00:00:01', 'lamp');
    asked.set('192.0.2.1', undefined, 'address');
    expect(asked.get('192.0.2.1', '24:0a:c4:00:00:01')).toBe('lamp');
    expect(asked.get('192.0.2.1')).toBe('address');
    expect(asked.get('192.0.2.1', '24:0a:c4:00:00:02')).toBeUndefined();
  });

  test('are never wrong, whatever is asked', () => {
    const question = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', undefined));
    fc.assert(
      fc.property(fc.array(question, { maxLength: 50 }), (questions) => {
        const asked = new LastTwo<string>();
        return questions.every(([key, more]) => {
          const right = `${key} ${more}`;
          const known = asked.get(key, more);
          if (known === undefined) asked.set(key, more, right);
          return known === undefined || known === right;
        });
      }),
    );
  });
});
