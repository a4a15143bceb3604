import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../src/base/address.ts';
import { PortolanError } from '../../../src/base/errors.ts';
import { formatRange } from '../../../src/io/scan/ranges.ts';
import { readTargets, targetWords } from '../../../src/io/scan/targets.ts';

const nobody = (): Promise<readonly string[]> => Promise.resolve([]);

describe('targets', () => {
  test.each([
    ['one address', ['192.168.1.7'], ['192.168.1.7']],
    ['a network, host bits cleared', ['192.168.1.7/24'], ['192.168.1.0/24']],
    ['a range in the last octet', ['10.0.0.3-9'], ['10.0.0.3-10.0.0.9']],
    ['ranges in two octets', ['10.0.0-1.1-2'], ['10.0.0.1-10.0.0.2', '10.0.1.1-10.0.1.2']],
    ['a list in an octet', ['10.0.0.1,5,7-8'], ['10.0.0.1', '10.0.0.5', '10.0.0.7-10.0.0.8']],
    ['a star', ['10.0.0.*'], ['10.0.0.0/24']],
    ['a dash alone', ['10.0.0.-'], ['10.0.0.0/24']],
    ['open ends', ['10.0.0.-3', '10.0.0.250-'], ['10.0.0.0/30', '10.0.0.250-10.0.0.255']],
    ['two stars that make one range', ['10.0.*.*'], ['10.0.0.0/16']],
    ['overlapping words', ['10.0.0.0/25', '10.0.0.100-200'], ['10.0.0.0-10.0.0.200']],
    ['an IPv6 network', ['fd00::/120'], ['fd00::/120']],
    ['IPv4 written as IPv6', ['::ffff:10.0.0.1'], ['10.0.0.1']],
  ])('%s', async (_, words, expected) => {
    const { ranges } = await readTargets(words, nobody);
    expect(ranges.map(formatRange)).toEqual(expected);
  });

  test('a link-local address keeps the interface that was named', async () => {
    const { ranges, zones } = await readTargets(['fe80::1%eth0'], nobody);
    expect([ranges.map(formatRange), zones]).toEqual([['fe80::1'], ['eth0']]);
  });

  test('a name is looked up once, and its addresses are what counts', async () => {
    const asked: string[] = [];
    const { ranges, names } = await readTargets(['Camera.Local.'], (name) => {
      asked.push(name);
      return Promise.resolve(['192.168.1.9', '::ffff:192.168.1.10']);
    });
    expect(asked).toEqual(['camera.local']);
    expect(ranges.map(formatRange)).toEqual(['192.168.1.9-192.168.1.10']);
    expect(names.get('192.168.1.9')).toBe('camera.local');
  });

  test('10.0.0-3.1-254 is as many addresses as nmap says', async () => {
    const { ranges } = await readTargets(['10.0.0-3.1-254'], nobody);
    expect(ranges.reduce((sum, range) => sum + sizeOf(range), 0n)).toBe(1016n);
  });

  test.each([
    ['a prefix beyond 32', '192.168.1.0/33', 'the prefix must be 0-32', 'Did you mean /32?'],
    [
      'a prefix with its digits swapped',
      '10.0.0.0/42',
      '0-32 for IPv4',
      'Did you mean /32 or /24?',
    ],
    ['an IPv6 prefix beyond 128', 'fd00::/129', '0-128 for IPv6', 'Did you mean /128?'],
    ['an octet beyond 255', '192.168.1.256', 'no IPv4 address', '192.168.1.7'],
    ['three octets', '192.168.1', 'no IPv4 address', '192.168.1.7'],
    ['five octets', '1.2.3.4.5', 'no IPv4 address', '192.168.1.7'],
    ['an octal octet', '192.168.01.7', 'no IPv4 address', '192.168.1.7'],
    ['a number that the C library reads as an address', '3232235783', 'no IPv4 address', ''],
    ['a hexadecimal address', '0x7f000001', 'no IPv4 address', ''],
    ['a range that runs backwards', '10.0.0.9-3', 'no IPv4 address', ''],
    ['more ranges than anybody means', '*.*.*.1', '65,536 ranges', ''],
    ['a name with a prefix', 'camera.local/24', 'not a name', ''],
    ['a name with a shell in it', 'a;touch x', 'neither an address nor a host name', ''],
    ['a control character', 'a\u001b[2J', '"a\\x1b[2J"', ''],
    ['a zone with a slash', 'fe80::1%../x', 'name of an interface', ''],
    ['a name that nobody knows', 'nowhere.example', 'has no address', 'spelling'],
    ['nothing', '', 'neither', ''],
  ])('%s is refused with a way out', async (_, word, message, remedy) => {
    const error: unknown = await readTargets([word], nobody).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PortolanError);
    if (!(error instanceof PortolanError)) return;
    expect(error.code).toBe('E_TARGET');
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(remedy);
    expect(error.remedy).not.toBe('');
  });

  test('any text is targets or a refusal, soon', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40 }), async (word) => {
        const result: unknown = await readTargets([word], nobody).catch(
          (reason: unknown) => reason,
        );
        if (result instanceof Error) expect(result).toBeInstanceOf(PortolanError);
      }),
    );
  });
});

test('a target list has words, comments and empty lines', () => {
  expect(targetWords('10.0.0.1 10.0.0.2\n# all\n\n10.0.1.0/24 # lab\r\nfd00::1,fd00::2')).toEqual([
    '10.0.0.1',
    '10.0.0.2',
    '10.0.1.0/24',
    'fd00::1',
    'fd00::2',
  ]);
});
