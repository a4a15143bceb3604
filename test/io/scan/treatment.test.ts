import { describe, expect, test } from 'vitest';
import type { Known } from '../../../src/io/scan/scan-types.ts';
import { mustStaySilent, treatmentOf } from '../../../src/io/scan/treatment.ts';
import { FRAGILE, ROBUST, UNKNOWN } from './harness.ts';

const PRINTER: Known = { robustness: 'fragile', reason: 'test', category: 'printer' };

describe('a device is treated', () => {
  test.each([
    ['as unknown while nothing tells', UNKNOWN, [80, 443], 'unknown', 'unknown'],
    ['as a controller where COTP is open', UNKNOWN, [80, 102], 'fragile', 'industrial'],
    ['as a controller where Modbus is open', UNKNOWN, [502], 'fragile', 'industrial'],
    ['as a printer where raw printing is open', UNKNOWN, [80, 9100], 'fragile', 'printer'],
    ['as a printer where IPP is open', UNKNOWN, [631], 'fragile', 'printer'],
    ['as a controller where both are open', UNKNOWN, [502, 9100], 'fragile', 'industrial'],
    ['as robust where that is known, Modbus or not', ROBUST, [502], 'robust', 'general-purpose'],
    ['as fragile where that is known', FRAGILE, [], 'fragile', 'industrial'],
  ] satisfies [string, Known, number[], string, string][])(
    '%s',
    (_, known, open, robustness, category) => {
      expect(treatmentOf(known, new Set(open))).toMatchObject({ robustness, category });
    },
  );

  test('and the reason can be shown', () => {
    expect(treatmentOf(UNKNOWN, new Set([502])).reason).toBe(
      'tcp/502 is open, where controllers listen',
    );
  });
});

describe('nothing is said', () => {
  test.each([
    ['on 9100 of an unknown device', UNKNOWN, 'tcp', 9100, true],
    ['on 9107 of an unknown device', UNKNOWN, 'tcp', 9107, true],
    ['on 9108', UNKNOWN, 'tcp', 9108, false],
    ['on LPD of a printer', PRINTER, 'tcp', 515, true],
    ['on 2001 of a printer', PRINTER, 'tcp', 2001, true],
    ['on 2001 of another device', UNKNOWN, 'tcp', 2001, false],
    [
      'on 9100 of a printer that a person called robust',
      { ...PRINTER, robustness: 'robust' },
      'tcp',
      9100,
      true,
    ],
    ['on 9100 of a server', ROBUST, 'tcp', 9100, false],
    ['on IPP of a printer', PRINTER, 'tcp', 631, false],
    ['on 9100 over UDP', PRINTER, 'udp', 9100, false],
  ] satisfies [string, Known, 'tcp' | 'udp', number, boolean][])(
    '%s: %s',
    (_, known, transport, port, silent) => {
      expect(mustStaySilent(transport, port, treatmentOf(known, new Set()))).toBe(silent);
    },
  );
});
