import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAlert, parseRange } from '../../src/reports/nagios/range.ts';
import type { Result } from '../../src/reports/nagios/result.ts';
import {
  checkResultFile,
  externalCommand,
  judge,
  nscaForm,
  pluginLine,
} from '../../src/reports/nagios/result.ts';
import { ATTACKS } from './attacks.ts';

describe('ranges, as the guidelines have them', () => {
  // monitoring-plugins.org/doc/guidelines.html, "Threshold and ranges", table 3.
  test.each([
    ['10', [-1, 10.5, 11], [0, 5, 10]],
    ['10:', [9, -5, 9.9], [10, 11, 1e9]],
    ['~:10', [11, 10.1], [-1e9, 0, 10]],
    ['10:20', [9, 21], [10, 15, 20]],
    ['@10:20', [10, 15, 20], [9, 21]],
    ['~:', [], [-1e9, 0, 1e9]],
    ['0', [1, -1], [0]],
    [':5', [-1, 6], [0, 5]],
    ['-5:-1', [-6, 0], [-5, -1]],
    ['1.5:2.5', [1, 3], [1.5, 2]],
  ])('%s', (text, alerts, fine) => {
    const parsed = range(text);
    expect(alerts.filter((value) => !isAlert(parsed, value))).toEqual([]);
    expect(fine.filter((value) => isAlert(parsed, value))).toEqual([]);
  });

  test.each(['', '@', '20:10', '1:2:3', 'x', '10:~', '1e5', '--1', '@~'])('%j is none', (text) => {
    expect(parseRange(text)).toBeUndefined();
  });

  test('ends on any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRange(text)));
  });
});

function range(text: string) {
  const parsed = parseRange(text);
  if (parsed === undefined) throw new Error(`${text} is no range`);
  return parsed;
}

describe('a result', () => {
  test.each([
    [0, 0],
    [1, 1],
    [3, 1],
    [4, 2],
  ])('%d with -w 0 -c 3 is %d', (value, status) => {
    expect(judge({ label: 'n', value, warning: range('0'), critical: range('3') })).toBe(status);
  });

  test('is one line with figures', () => {
    const figures = [
      { label: 'alerts', value: 2, warning: range('0'), critical: range('@3:9'), min: 0 },
      { label: "it's=x|y", value: 0.2, unit: 's' as const },
    ];
    expect(pluginLine({ status: 1, text: '2 open alerts', figures })).toBe(
      "PORTOLAN WARNING - 2 open alerts | 'alerts'=2;0;@3:9;0; 'it''s_x_y'=0.2s;;;;",
    );
  });

  test.each([
    [0, 'OK'],
    [1, 'WARNING'],
    [2, 'CRITICAL'],
    [3, 'UNKNOWN'],
  ] as const)('%d is %s', (status, word) => {
    expect(pluginLine({ status, text: 'x', figures: [] })).toBe(`PORTOLAN ${word} - x`);
  });

  const FIGURES = [{ label: 'n', value: 1 }];
  const PERFDATA = /^PORTOLAN WARNING - [^|\n]* \| 'n'=1;;;;$/;

  test.each(ATTACKS)('no name makes a second line or figures: %j', (text) => {
    const result: Result = { status: 1, text, figures: FIGURES };
    expect(pluginLine(result)).toMatch(PERFDATA);
    expect(nscaForm(result, text, text).split('\n')).toHaveLength(2);
    expect(nscaForm(result, text, text).split('\t')).toHaveLength(4);
    const command = externalCommand(result, text, text, 1_795_310_047);
    expect(command.split('\n')).toHaveLength(2);
    expect(command.split(';').slice(3, 4)).toEqual(['1']);
    const lines = checkResultFile(result, text, text, 1_795_310_047).split('\n').slice(0, -1);
    expect(lines).toHaveLength(16);
    for (const line of lines.slice(3)) expect(line).toMatch(/^[a-z_]+=/);
  });

  test('the forms of passive results', () => {
    const result: Result = { status: 2, text: 'bad', figures: [] };
    expect(nscaForm(result, 'gw', 'portolan alerts')).toBe(
      'gw\tportolan alerts\t2\tPORTOLAN CRITICAL - bad\n',
    );
    expect(externalCommand(result, 'gw', 'portolan alerts', 5)).toBe(
      '[5] PROCESS_SERVICE_CHECK_RESULT;gw;portolan alerts;2;PORTOLAN CRITICAL - bad\n',
    );
    expect(checkResultFile(result, 'gw', 'portolan alerts', 5)).toContain(
      '\nhost_name=gw\nservice_description=portolan alerts\ncheck_type=1\n',
    );
  });
});
