import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../src/query/field.ts';
import type { Position } from '../../src/query/listing.ts';
import { Listing } from '../../src/query/listing.ts';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly risk: string;
  readonly size?: number;
  readonly address?: string;
}

const THINGS: Resource<Thing> = {
  name: 'things',
  order: 'name',
  idOf: ({ id }) => id,
  fields: [
    { name: 'name', type: 'text', help: '', isSearched: true, of: (it) => it.name },
    {
      name: 'risk',
      type: 'choice',
      choices: ['low', 'medium', 'high'],
      ordered: true,
      help: '',
      of: (it) => it.risk,
    },
    { name: 'size', type: 'number', help: '', of: (it) => it.size },
    { name: 'address', type: 'address', help: '', of: (it) => it.address ?? '' },
  ],
};

function listing(...things: readonly (Partial<Thing> & { readonly id: string })[]): Listing<Thing> {
  return new Listing(
    things.map((parts) => ({ name: 'x', risk: 'low', ...parts })),
    THINGS,
  );
}

const ids = (items: readonly Thing[]): string => items.map(({ id }) => id).join(' ');

describe('the order', () => {
  test.each([
    ['numbers in names are numbers', 'name', [{ name: 'Cam 10' }, { name: 'cam 2' }], '1 0'],
    ['by severity, not by alphabet', '-risk', [{ risk: 'medium' }, { risk: 'high' }], '1 0'],
    ['by number', 'size', [{ size: 10 }, { size: 9 }], '1 0'],
    ['what is not known is least', 'size', [{ size: 0 }, {}], '1 0'],
    [
      'addresses by number, IPv4 first',
      'address',
      [{ address: '::1' }, { address: '10.0.0.10' }, { address: '10.0.0.9' }],
      '2 1 0',
    ],
    ['equals by id, in both directions', '-risk', [{}, {}, {}], '0 1 2'],
    ['a field in any case', '-SIZE', [{ size: 1 }, { size: 2 }], '1 0'],
  ])('%s', (_, sort, things, expected) => {
    const list = listing(...things.map((parts, index) => ({ ...parts, id: String(index) })));
    expect(ids(list.page({ sort }, 0).items)).toBe(expected);
  });

  test('is kept once, however it is spelt', () => {
    let asked = 0;
    const counting: Resource<Thing> = {
      ...THINGS,
      idOf: ({ id }) => {
        asked += 1;
        return id;
      },
    };
    const list = new Listing([{ id: 'a', name: 'one', risk: 'low' }], counting);
    const spellings = ['name', 'NAME', 'nAME', 'Name', 'naMe', 'namE'];
    for (const sort of spellings) {
      const after: Position = { sort: 'name', key: 'a', id: 'b' };
      expect(ids(list.page({ sort, after }, 0).items)).toBe('a');
    }
    expect(asked).toBe(1);
  });

  test('by no field is refused, with the one that was meant', () => {
    expect(() => listing().page({ sort: 'nme' }, 0)).toThrow(/did you mean "name"/);
  });
});

describe('pages', () => {
  test('have how many there are, before and after the filter', () => {
    const list = listing({ id: 'a', name: 'one' }, { id: 'b', name: 'two' });
    expect(list.page({ filter: 'two' }, 0)).toMatchObject({ total: 1, all: 2 });
  });

  test('the last one has no next, also where it is full', () => {
    const list = listing({ id: 'a' }, { id: 'b' });
    expect(list.page({ limit: 2 }, 0).next).toBeUndefined();
    expect(list.page({ limit: 1 }, 0).next).toMatchObject({ id: 'a' });
  });

  test('a position of another order is refused', () => {
    const after: Position = { sort: 'size', key: 1, id: 'a' };
    expect(() => listing().page({ sort: 'name', after }, 0)).toThrow(/cursor/);
  });

  test('go on behind the same item, though it and others went and new ones came', () => {
    const before = listing({ id: 'a', size: 1 }, { id: 'b', size: 2 }, { id: 'c', size: 3 });
    const { next } = before.page({ sort: 'size', limit: 2 }, 0);
    const after = listing({ id: 'n', size: 1 }, { id: 'm', size: 2 }, { id: 'c', size: 3 });
    expect(ids(after.page({ sort: 'size', after: next }, 0).items)).toBe('m c');
  });

  test('together are the whole list, each item once, in any order', () => {
    const things = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        name: fc.constantFrom('a', 'A', 'b', 'ä', '', '10', '9'),
        risk: fc.constantFrom('low', 'medium', 'high'),
        size: fc.constantFrom(0, 1, 2),
      }),
      { selector: ({ id }) => id, maxLength: 40 },
    );
    const sort = fc.constantFrom('name', '-name', 'risk', '-risk', 'size', '-size', 'address');
    fc.assert(
      fc.property(things, sort, fc.integer({ min: 1, max: 7 }), (all, order, limit) => {
        const list = listing(...all);
        const seen: string[] = [];
        let after: Position | undefined;
        do {
          const page = list.page({ sort: order, limit, after }, 0);
          seen.push(...page.items.map(({ id }) => id));
          after = page.next;
        } while (after !== undefined);
        expect(seen).toEqual(list.page({ sort: order, limit: 500 }, 0).items.map(({ id }) => id));
        expect(new Set(seen).size).toBe(all.length);
      }),
    );
  });
});
