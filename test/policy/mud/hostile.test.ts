import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson, placesIn } from '../../../src/policy/mud/json-tree.ts';
import { mudPolicy } from '../../../src/policy/mud/mud-policy.ts';
import { looksLikeMud, readMud } from '../../../src/policy/mud/read-mud.ts';
import { BULB, LOCAL } from './context.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/mud');
const SEED = 20_261_125;
const FILES = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json') && name !== 'expected.json')
  .map((name) => readFileSync(join(FOLDER, name), 'utf8'));

/** Reads it both ways, and makes rules of what can be used: nothing of it may throw. */
function survives(text: string): void {
  for (const lenient of [false, true]) {
    const read = readMud(text, { lenient, now: 0 });
    expect(read.ok || read.diagnostics.some(({ level }) => level === 'error')).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
    const control = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    for (const { message, path } of read.diagnostics) expect(message + path).not.toMatch(control);
    if (!read.ok) continue;
    const { rules } = mudPolicy(read.mud, BULB, { localNetworks: LOCAL, endpoints: {} });
    for (const { id } of rules) expect(id).toMatch(/^[a-z][a-z0-9_-]{0,39}$/);
  }
}

describe('whatever a server sends', () => {
  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), {
      seed: SEED,
      numRuns: 300,
    });
  });

  test('any JSON in the place of any value of a real file', () => {
    const mutated = fc
      .tuple(fc.constantFrom(...FILES), fc.nat(), fc.jsonValue({ maxDepth: 2 }))
      .map(([text, where, value]) => {
        const spots = [...text.matchAll(/("[^"\n]*"|\d+|true|null|\[null\])(?=\s*[,}\]])/g)];
        const spot = spots[where % Math.max(spots.length, 1)];
        if (spot === undefined) return text;
        const { index, 0: old } = spot;
        return text.slice(0, index) + JSON.stringify(value) + text.slice(index + old.length);
      });
    fc.assert(fc.property(mutated, survives), { seed: SEED, numRuns: 600 });
  });

  test('real files with an octet changed, or cut off', () => {
    const damaged = fc
      .tuple(
        fc.constantFrom(...FILES),
        fc.nat(),
        fc.string({ unit: 'binary', maxLength: 2 }),
        fc.boolean(),
      )
      .map(([text, where, put, cut]) => {
        const at = where % text.length;
        return cut ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + 1);
      });
    fc.assert(fc.property(damaged, survives), { seed: SEED, numRuns: 600 });
  });

  test.each([
    ['nested without end', '['.repeat(100_000), 'nested deeper'],
    ['nested maps without end', '{"a":'.repeat(100_000), 'nested deeper'],
    ['too long', ' '.repeat(4_000_001), 'more than 4000000 characters'],
    ['a string without end', `{"${'a'.repeat(1_000_000)}`, 'no string of JSON'],
    ['backslashes without end', `{"${'\\'.repeat(1_000_001)}`, 'no string of JSON'],
    ['digits without end', `[${'9'.repeat(1_000_000)}]`, 'is expected'],
    ['a key twice', '{"ietf-mud:mud": {}, "ietf-mud:mud": {}}', 'twice'],
    ['an object’s ancestry', '{"__proto__": {"ietf-mud:mud": 1}}', 'no such node'],
    ['a name that all objects have', '{"ietf-mud:toString": 1}', 'no such node'],
  ])('%s is refused: %s', (_, text, why) => {
    const read = readMud(text);
    expect(read.ok).toBe(false);
    expect(read.diagnostics.map(({ message }) => message).join()).toContain(why);
  });

  test('more ACEs than a device can need', () => {
    const ace = (index: number): string =>
      `{"name": "${index}", "actions": {"forwarding": "drop"}}`;
    const list = Array.from({ length: 10_001 }, (_, index) => ace(index)).join();
    const text = `{"ietf-mud:mud": {"mud-version": 1, "mud-url": "https://a.example/x",
      "last-update": "2026-01-01T00:00:00Z", "is-supported": true},
      "ietf-access-control-list:acls": {"acl": [{"name": "a", "type": "ipv4-acl-type", "aces": {"ace": [${list}]}}]}}`;
    expect(readMud(text).diagnostics[0]?.message).toContain('more than 10000 ACEs');
  });
});

describe('JSON with places', () => {
  test('reads what JSON.parse reads, to the same value', () => {
    const plain = (text: string): unknown => {
      const parsed = parseJson(text);
      if (!parsed.ok) throw new SyntaxError(parsed.why);
      const toValue = (node: typeof parsed.root): unknown => {
        if (node.kind === 'scalar') return node.value;
        if (node.kind === 'array') return node.items.map(toValue);
        return Object.fromEntries([...node.members].map(([key, one]) => [key, toValue(one)]));
      };
      return toValue(parsed.root);
    };
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2, 7), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(plain(JSON.stringify(value, undefined, indent))).toEqual(value);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test.each([
    ['the first line', 'ab', 1, { line: 1, column: 2 }],
    ['behind a line end', 'a\nbc', 3, { line: 2, column: 2 }],
    ['the start of a line', 'a\nbc', 2, { line: 2, column: 1 }],
  ])('place: %s', (_, text, at, place) => {
    expect(placesIn(text)(at)).toEqual(place);
  });
});

test.each([
  ['a MUD file', ' {\n "ietf-mud:mud" : {', true],
  ['another file of JSON', '{"a": "ietf-mud:mud"}', false],
  ['text about MUD', 'see "ietf-mud:mud": {', false],
])('%s is known by its start', (_, text, expected) => {
  expect(looksLikeMud(text)).toBe(expected);
});
