import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { compileFilter } from '../../src/query/compile.ts';
import type { Resource } from '../../src/query/field.ts';

const NOW = 1_795_615_387_000;
const DAY = 86_400_000;

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly risk: string;
  readonly kind: string;
  readonly ports: readonly number[];
  readonly size?: number;
  readonly addresses: readonly string[];
  readonly fragile: boolean;
  readonly seen: number;
}

const THINGS: Resource<Thing> = {
  name: 'things',
  order: 'name',
  idOf: ({ id }) => id,
  fields: [
    { name: 'name', type: 'text', help: '', isSearched: true, of: (it) => it.name },
    { name: 'tag', type: 'text', help: '', of: (it) => it.tags },
    {
      name: 'risk',
      type: 'choice',
      choices: ['none', 'low', 'medium', 'high'],
      ordered: true,
      help: '',
      of: (it) => it.risk,
    },
    { name: 'kind', type: 'choice', choices: ['camera', 'lamp'], help: '', of: (it) => it.kind },
    { name: 'port', type: 'number', help: '', of: (it) => it.ports },
    { name: 'size', type: 'number', help: '', of: (it) => it.size },
    { name: 'address', type: 'address', help: '', isSearched: true, of: (it) => it.addresses },
    { name: 'fragile', type: 'truth', help: '', of: (it) => it.fragile },
    { name: 'lastSeen', type: 'time', help: '', of: (it) => it.seen },
  ],
};

const CAMERA: Thing = {
  id: '1',
  name: 'Front camera',
  tags: ['RTSP', 'http'],
  risk: 'high',
  kind: 'camera',
  ports: [80, 554],
  size: 7,
  addresses: ['192.168.1.31', 'fe80::1%eth0'],
  fragile: false,
  seen: NOW - 2 * DAY,
};
const LAMP: Thing = {
  id: '2',
  name: 'Küche',
  tags: [],
  risk: 'none',
  kind: 'lamp',
  ports: [],
  addresses: ['2001:db8::7'],
  fragile: true,
  seen: NOW - 40 * DAY,
};

function names(filter: string): string {
  const passes = compileFilter(filter, THINGS, NOW);
  return [CAMERA, LAMP]
    .filter(passes)
    .map(({ kind }) => kind)
    .join(' ');
}

describe('what passes', () => {
  test.each([
    ['everything, where nothing is asked', '', 'camera lamp'],
    ['text in any case', 'name = "FRONT camera"', 'camera'],
    ['a field in any case', 'NAME ~ front', 'camera'],
    ['a part of a text', 'name ~ ront', 'camera'],
    ['no pattern: a dot is a dot', 'name ~ "r.nt"', ''],
    ['one of several values', 'tag = rtsp', 'camera'],
    ['not equal: none of several values', 'tag != rtsp', 'lamp'],
    ['a severity and worse', 'risk >= medium', 'camera'],
    ['less than a severity', 'risk < medium', 'lamp'],
    ['one of a list of words', 'kind in (lamp, camera)', 'camera lamp'],
    ['a number', 'port = 554', 'camera'],
    ['one of a list of numbers', 'port in (1, 80)', 'camera'],
    ['more than a number', 'port > 553', 'camera'],
    ['a number that is not known is no number', 'size < 100', 'camera'],
    ['and is none either', 'size != 7', 'lamp'],
    ['an address', 'address = 192.168.1.31', 'camera'],
    ['a network', 'address in 192.168.1.0/24', 'camera'],
    ['another network', 'address in 192.168.2.0/24', ''],
    ['a network by =', 'address = 192.168.0.0/16', 'camera'],
    ['an IPv6 network', 'address in 2001:db8::/32', 'lamp'],
    ['IPv6 in another spelling', 'address = 2001:0db8:0:0:0:0:0:7', 'lamp'],
    ['a link-local address with its zone', 'address = fe80::1%eth0', 'camera'],
    ['several networks', 'address in (10.0.0.0/8, 192.168.1.0/24)', 'camera'],
    ['not in a network', 'address != 192.168.1.0/24', 'lamp'],
    ['a part of an address', 'address ~ 168.1', 'camera'],
    ['all addresses of a family', 'address in 0.0.0.0/0', 'camera'],
    ['yes', 'fragile = yes', 'lamp'],
    ['no', 'fragile = no', 'camera'],
    ['not yes', 'fragile != true', 'camera'],
    ['since a week', 'lastSeen > -7d', 'camera'],
    ['before a date', 'lastSeen < 2026-11-01', 'lamp'],
    ['an instant', 'lastSeen >= 2026-11-23T00:00Z', 'camera'],
    ['a word in what one looks for things by', 'front', 'camera'],
    ['a word in an address', '2001:db8', 'lamp'],
    ['a word in no field that is searched', 'rtsp', ''],
    ['a word with an umlaut in any case', 'KÜCHE', 'lamp'],
    ['two words', 'front camera', 'camera'],
    ['or', 'risk = high or fragile = yes', 'camera lamp'],
    ['not', 'not (risk = high)', 'lamp'],
  ])('%s', (_, filter, expected) => {
    expect(names(filter)).toBe(expected);
  });
});

describe('what cannot be asked is told with its place', () => {
  test.each([
    ['a typing error', 'vendr = x', 0, 'Unknown field "vendr"'],
    ['with what was meant', 'ports = 80', 0, 'did you mean "port"?'],
    ['with what there is, where nothing is near', 'colour = red', 0, 'things have name, tag, risk'],
    ['in a later term', 'name ~ a and prt = 80', 13, 'did you mean "port"?'],
    ['an order of what has none', 'kind > lamp', 0, 'it takes = != in ~'],
    ['an order of text', 'name < b', 0, '"name" cannot be asked with "<"'],
    ['a word that is none of the choices', 'kind = lmap', 7, 'did you mean "lamp"?'],
    ['no number', 'port = http', 7, 'is no number'],
    ['no time', 'lastSeen > yesterday', 11, 'is no time'],
    ['no address', 'address in 192.168.1.0/33', 11, 'neither an address nor a network'],
    ['neither yes nor no', 'fragile = maybe', 10, 'neither yes nor no'],
    ['the second of a list', 'port in (80, x)', 13, 'is no number'],
    ['what is typed is shown visibly', 'name ~ a and "x"y\u202e = 1', 16, '\\u202e'],
  ])('%s', (_, filter, at, why) => {
    const error = refusal(filter);
    expect(error.excerpt?.at).toBe(at);
    expect(error.message).toContain(why);
  });
});

test('any filter over any item is an answer or an E_FILTER', () => {
  const field = fc.constantFrom(...THINGS.fields.map(({ name }) => name), 'nonsense');
  const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~', 'in');
  const value = fc.oneof(
    fc.constantFrom('high', 'lamp', '80', '-7d', '192.168.0.0/16', '::/0', 'yes', '2026-11-01'),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text)),
  );
  const term = fc.tuple(field, operator, value).map((parts) => parts.join(' '));
  const filter = fc
    .array(term, { maxLength: 6 })
    .chain((terms) =>
      fc.constantFrom(' and ', ' or ', ' not ', ' ').map((joint) => terms.join(joint)),
    );
  fc.assert(
    fc.property(filter, (text) => {
      try {
        const passes = compileFilter(text, THINGS, NOW);
        expect(typeof passes(CAMERA)).toBe('boolean');
        // What passes a filter does not pass its opposite.
        if (text !== '') {
          const opposite = compileFilter(`not (${text})`, THINGS, NOW);
          expect(opposite(CAMERA)).toBe(!passes(CAMERA));
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'E_FILTER' });
      }
    }),
    { numRuns: 2000 },
  );
});

function refusal(filter: string): PortolanError {
  try {
    compileFilter(filter, THINGS, NOW);
  } catch (error) {
    if (error instanceof PortolanError) return error;
    throw error;
  }
  throw new Error(`${filter} was taken`);
}
