import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  booleanMember,
  memberOf,
  parseJson,
  textMember,
} from '../../../src/protocols/shared/json.ts';

describe('parseJson', () => {
  test.each([
    ['an object', '{"a":1}', { a: 1 }],
    ['brackets within text do not nest', `["${'['.repeat(100)}"]`, ['['.repeat(100)]],
    ['a quote that is escaped does not end the text', '["\\"[[",1]', ['"[[', 1]],
    ['32 lists within each other', `${'['.repeat(32)}${']'.repeat(32)}`, nested(32)],
    ['33 of them', `${'['.repeat(33)}${']'.repeat(33)}`, undefined],
    ['200 000 of them', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, undefined],
    ['text that is longer than the cap', `"${'a'.repeat(20_000)}"`, undefined],
    ['no JSON', '<html>', undefined],
    ['text without an end', '["abc', undefined],
  ])('%s', (_, text, expected) => {
    expect(parseJson(text)).toEqual(expected);
  });

  test('what JSON.parse reads is read alike, and the rest is undefined', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 6 }), fc.string()), (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expected = undefined;
        }
        expect(parseJson(text, 1_000_000)).toEqual(expected);
      }),
    );
  });
});

describe('members', () => {
  const hostile = parseJson('{"__proto__":{"admin":true,"name":"x"},"a":"1","b":false,"c":" "}');

  test.each([
    ['an own member', 'a', '1'],
    ['an inherited one', 'toString', undefined],
    ['one of what `__proto__` holds', 'name', undefined],
    ['the constructor', 'constructor', undefined],
  ])('%s', (_, name, expected) => {
    expect(memberOf(hostile, name)).toBe(expected);
  });

  test('text has something in it, and truth is no text', () => {
    expect(textMember(hostile, 'c')).toBeUndefined();
    expect(textMember(hostile, 'b')).toBeUndefined();
    expect(booleanMember(hostile, 'b')).toBe(false);
    expect(booleanMember(hostile, 'a')).toBeUndefined();
    expect(memberOf(null, 'a')).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});

function nested(depth: number): unknown {
  let value: unknown[] = [];
  for (let count = 1; count < depth; count += 1) value = [value];
  return value;
}
