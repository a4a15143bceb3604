import { describe, expect, test } from 'vitest';
import { realUses } from '../../src/knowledge/real-use.ts';
import { REAL_USES } from '../../src/knowledge/real-uses.ts';
import { faultsOfCitation } from './cited.ts';
import { iana } from './registry.ts';

test('there are enough of them, by number', () => {
  expect(REAL_USES.length).toBeGreaterThanOrEqual(30);
  const ports = REAL_USES.map(({ port }) => port);
  expect(ports).toEqual(ports.toSorted((a, b) => a - b));
});

test('none is there twice', () => {
  const keys = REAL_USES.map(({ port, transport, use }) => `${port}/${transport} ${use}`);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

describe.each(REAL_USES.map((one) => [`${one.port}/${one.transport} ${one.use}`, one] as const))(
  '%s',
  (_name, { port, transport, use, source }) => {
    test('names its document and date', () => {
      expect(faultsOfCitation(source)).toEqual([]);
    });

    test('is not what the registered name says', () => {
      const names = iana
        .lookup(port, transport)
        .map(({ service }) => service)
        .filter((name) => name !== '');
      expect(names.filter((name) => use.toLowerCase().includes(name.toLowerCase()))).toEqual([]);
    });
  },
);

describe('asking for a number', () => {
  const uses = (port: number, transport?: string) =>
    realUses(REAL_USES, port, transport).map(({ use }) => use.split(':')[0]);

  test.each<readonly [string, number, string | undefined, readonly string[]]>([
    ['Hue Entertainment', 2100, 'udp', ['Philips Hue Entertainment']],
    ['not over the other transport', 2100, 'tcp', []],
    ['over whatever transport', 2100, undefined, ['Philips Hue Entertainment']],
    ['Apple’s push messages', 5223, 'tcp', ['Apple Push Notification service']],
    [
      'two makers on one number',
      8000,
      'tcp',
      [
        'Hikvision cameras and recorders',
        'Samsung televisions that encrypt by the maker’s own method',
      ],
    ],
    ['a number that is used as registered', 1883, 'tcp', []],
  ])('%s', (_sentence, port, transport, expected) => {
    expect(uses(port, transport)).toEqual(expected);
  });
});
