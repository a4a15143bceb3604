import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonItems, NotItems } from '../../../src/importers/feeds/json-items.ts';

const NAMES = ['vulnerabilities'];

/** Feeds a text in pieces that are cut at the given places. */
function split(text: string, sizes: readonly number[]): { items: unknown[]; outer: unknown } {
  const octets = new TextEncoder().encode(text);
  const reader = new JsonItems(NAMES);
  const items: unknown[] = [];
  let at = 0;
  for (let turn = 0; at < octets.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    // The same memory each time, as a stream that reuses its buffer hands it over.
    const piece = octets.slice(at, at + size);
    for (const item of reader.push(piece)) items.push(JSON.parse(item));
    piece.fill(0x5b);
    at += size;
  }
  return { items, outer: JSON.parse(reader.end()) };
}

test('items and frame are those of JSON, however the text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(undefined, 1, '\t'),
      (items, around, sizes, indent) => {
        const { vulnerabilities: _, ...others } = around;
        const whole = { ...others, vulnerabilities: items, after: [1, { a: '}' }] };
        const found = split(JSON.stringify(whole, undefined, indent), sizes);
        expect(found.items).toEqual(JSON.parse(JSON.stringify(items)));
        expect(found.outer).toEqual(JSON.parse(JSON.stringify({ ...whole, vulnerabilities: [] })));
      },
    ),
    { numRuns: 500 },
  );
});

describe('what it refuses', () => {
  const run = (text: string) => () => split(text, [7]);
  test.each([
    ['a document that ends early', '{"vulnerabilities":[{"a":1},{"b":', 'ends early'],
    ['one that ends in a string', '{"vulnerabilities":[{"a":"', 'ends early'],
    ['one without the list', '{"items":[{"a":1}]}', 'no list'],
    ['a list of the name that lies deeper', '{"a":{"vulnerabilities":[{}]}}', 'no list'],
    ['a list of numbers', '{"vulnerabilities":[1,2]}', 'no object'],
    ['a list of strings', '{"vulnerabilities":["a"]}', 'no object'],
    ['brackets that close too often', '{}]}', 'closes more'],
    ['a frame without an end', `{"a":"${'x'.repeat(300_000)}"}`, 'around its list'],
  ])('%s', (_, text, why) => {
    expect(run(text)).toThrow(NotItems);
    expect(run(text)).toThrow(why);
  });

  test('an item without an end, before it fills the memory', () => {
    const reader = new JsonItems(NAMES);
    const push = (text: string): void => {
      for (const _ of reader.push(new TextEncoder().encode(text)));
    };
    push('{"vulnerabilities":[{"a":"');
    const piece = 'x'.repeat(1 << 20);
    expect(() => {
      for (let count = 0; count < 20; count += 1) push(piece);
    }).toThrow('one item is larger');
  });
});
