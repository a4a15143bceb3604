import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter } from '../../src/query/compile.ts';
import { completeFilter, quoteWord } from '../../src/query/complete.ts';
import { devices } from '../../src/query/resources/devices.ts';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  vendor: ['Reolink', 'TP-Link', 'Espressif Inc.'],
};

function suggested(text: string): readonly string[] {
  return completeFilter(text, devices, ({ name }) => VALUES[name] ?? []).map((one) => one.insert);
}

describe('what may come next', () => {
  test.each([
    ['a field at the start', '', ['name', 'id', 'vendor']],
    ['a field that begins so', 'ven', ['vendor']],
    ['a field that has it within', 'unu', ['service.unused']],
    ['an operator after a field', 'vendor ', ['=', '!=', 'in', '~']],
    ['an order where there is one', 'risk ', ['=', '!=', '<', '<=', '>', '>=', 'in', '~']],
    ['words of a choice', 'risk >= ', ['none', 'info', 'low', 'medium', 'high', 'critical']],
    ['a word of a choice that begins so', 'risk >= hi', ['high']],
    ['values that are there', 'vendor = ', ['Reolink', 'TP-Link', '"Espressif Inc."']],
    ['without a space as well', 'vendor=reo', ['Reolink']],
    ['values in a list', 'vendor in (Reolink, ', ['Reolink', 'TP-Link', '"Espressif Inc."']],
    ['yes or no', 'fragile = ', ['yes', 'no']],
    ['times', 'lastSeen > ', ['-1h', '-24h', '-7d', '-30d']],
    ['nothing within an open quotation', 'name = "Fro', []],
  ])('%s', (_, text, expected) => {
    expect(suggested(text).slice(0, expected.length)).toEqual(expected);
    if (expected.length === 0) expect(suggested(text)).toEqual([]);
  });

  test('after a whole term a joint, or a further field', () => {
    expect(suggested('risk >= high ')).toEqual(expect.arrayContaining(['and', 'or', 'name']));
  });

  test('says where it goes', () => {
    const [first] = completeFilter('zone=iot and ven', devices, () => []);
    expect(first).toMatchObject({ insert: 'vendor', from: 13 });
  });
});

test('a value that is inserted means itself, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (value) => {
      const passes = compileFilter(`vendor = ${quoteWord(value)}`, devices, 0);
      expect(passes({ ...DEVICE, vendor: value })).toBe(true);
      expect(passes({ ...DEVICE, vendor: `${value}x` })).toBe(false);
    }),
  );
});

test('nothing that is typed breaks it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      expect(Array.isArray(completeFilter(text, devices, () => [text]))).toBe(true);
    }),
  );
});

const DEVICE = {
  id: 'PTL-D-1',
  name: 'x',
  vendor: '',
  model: '',
  firmware: '',
  kind: '',
  category: 'unknown',
  zone: '',
  address: '',
  addresses: [],
  macs: [],
  risk: 'none',
  findings: 0,
  alerts: 0,
  services: [],
  unused: 0,
  needed: 0,
  known: 0,
  policy: 'none',
  reachable: false,
  fragile: false,
  firstSeen: 0,
  lastSeen: 0,
} as const;
