import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { parseFilter } from '../../src/query/parse.ts';
import type { Expression } from '../../src/query/syntax.ts';
import { DEEPEST, LONGEST } from '../../src/query/syntax.ts';

/** An expression in one line, so that a table can show it. */
function shape(expression: Expression | undefined): string {
  if (expression === undefined) return '';
  switch (expression.kind) {
    case 'word':
      return `'${expression.word.text}'`;
    case 'not':
      return `not(${shape(expression.of)})`;
    case 'compare': {
      const { field, operator, values } = expression;
      return `${field.text} ${operator} ${values.map(({ text }) => text).join('|')}`;
    }
    default:
      return `${expression.kind}(${expression.of.map(shape).join(', ')})`;
  }
}

describe('what a filter says', () => {
  test.each([
    ['nothing at all', '  ', ''],
    ['one comparison', 'vendor = Reolink', 'vendor = Reolink'],
    ['no spaces are needed', 'port>=1024', 'port >= 1024'],
    ['a word is looked for', 'camera', "'camera'"],
    ['terms beside each other must all hold', 'camera zone=iot', "and('camera', zone = iot)"],
    ['and binds closer than or', 'a=1 or b=2 and c=3', 'or(a = 1, and(b = 2, c = 3))'],
    ['parentheses', '(a=1 or b=2) and c=3', 'and(or(a = 1, b = 2), c = 3)'],
    ['not takes one term', 'not a=1 and b=2', 'and(not(a = 1), b = 2)'],
    ['words of the language in any case', 'NOT a=1 AND b=2', 'and(not(a = 1), b = 2)'],
    ['a list', 'port in (80, 443)', 'port in 80|443'],
    ['one value without parentheses', 'address in 192.168.1.0/24', 'address in 192.168.1.0/24'],
    ['quotes keep spaces', 'name = "Front camera"', 'name = Front camera'],
    ['other quotes too', "name = 'Front camera'", 'name = Front camera'],
    ['a backslash keeps a quote', String.raw`name = "6\" \\ box"`, String.raw`name = 6" \ box`],
    ['names have apostrophes', "Anna's", "'Anna's'"],
    ['a time that counts back', 'lastSeen > -7d', 'lastSeen > -7d'],
    ['IPv6', 'address = fe80::1%eth0', 'address = fe80::1%eth0'],
    ['a quoted keyword is a word', '"and"', "'and'"],
    ['names of people', 'name ~ küche', 'name ~ küche'],
  ])('%s', (_, filter, expected) => {
    expect(shape(parseFilter(filter))).toBe(expected);
  });
});

describe('what is no filter is told with its place', () => {
  test.each([
    ['a value is missing', 'vendor =', 8, 'a value is missing'],
    ['a field is missing', '= 5', 0, 'a field or a word is missing'],
    ['an open quotation', 'name = "Fr', 7, 'no end'],
    ['an open parenthesis', '(a=1', 4, '")" is missing'],
    ['one too many', 'a=1)', 3, 'not expected'],
    ['a list without an end', 'port in (80', 11, '"," or ")"'],
    ['an exclamation mark', '!vendor', 0, '"!="'],
    ['and at the end', 'a=1 and', 7, 'a field or a word is missing'],
    ['a keyword as a value', 'name = and', 7, 'in quotes'],
    ['two operators', 'a = = 1', 4, 'a value is missing'],
  ])('%s', (_, filter, at, why) => {
    const error = refusal(filter);
    expect(error.code).toBe('E_FILTER');
    expect(error.excerpt).toEqual({ text: filter, at });
    expect(error.message).toContain(`character ${at + 1}: `);
    expect(error.message).toContain(why);
  });

  test('too long', () => {
    expect(refusal('a'.repeat(LONGEST + 1)).message).toContain(`${LONGEST} are the most`);
    expect(shape(parseFilter('a'.repeat(LONGEST)))).toHaveLength(LONGEST + 2);
  });

  test('too deep', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(shape(parseFilter(nested(DEEPEST)))).toBe("'a'");
    expect(refusal(nested(DEEPEST + 1)).message).toContain(`more than ${DEEPEST}`);
    expect(refusal(`${'not '.repeat(DEEPEST + 1)}a`).message).toContain(`more than ${DEEPEST}`);
  });
});

const fragments = fc.constantFrom(
  ...['a', 'vendor', '=', '!=', '<', '>=', '~', 'in', 'and', 'or', 'not', '(', ')', ',', '"', "'"],
  ...['\\', '!', '-7d', '192.168.1.0/24', ' ', '\u0000', '\u202e', 'ü', '💡'],
);

test('whatever is typed, it is a filter or an E_FILTER', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(' ')),
    fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(typed, (filter) => {
      try {
        parseFilter(filter);
      } catch (error) {
        expect(error).toBeInstanceOf(PortolanError);
        expect(error).toMatchObject({ code: 'E_FILTER' });
      }
    }),
    { numRuns: 3000 },
  );
});

function refusal(filter: string): PortolanError {
  try {
    parseFilter(filter);
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error(`${filter} was taken`);
}
