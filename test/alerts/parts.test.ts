import { describe, expect, test } from 'vitest';
import { containment } from '../../src/alerts/contain.ts';
import { covers, scopeOf, wouldHide } from '../../src/alerts/expect.ts';
import { endingText, kindOf, spanText } from '../../src/alerts/kinds.ts';
import { isQuiet, minuteOfDay, parseQuietHours } from '../../src/alerts/quiet.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Alert, Expectation, Signal } from '../../src/model/alert.ts';
import { DAY, HOUR, mac, START, signal } from './signals.ts';

describe('quiet hours', () => {
  test.each([
    ['before they begin', '22:00', '07:00', '21:59', false],
    ['their first minute', '22:00', '07:00', '22:00', true],
    ['midnight', '22:00', '07:00', '00:00', true],
    ['their last minute', '22:00', '07:00', '06:59', true],
    ['their end', '22:00', '07:00', '07:00', false],
    ['within one day', '12:00', '13:00', '12:30', true],
    ['from and to the same are none', '12:00', '12:00', '12:00', false],
  ])('%s', (_, from, to, now, expected) => {
    const [a = 0, b = 0, minute = 0] = [from, to, now].map(minuteOfDay);
    expect(isQuiet({ from: a, to: b }, minute)).toBe(expected);
  });

  test.each(['24:00', '7:00', '07:60', '', '07:00 '])('"%s" is no time of day', (text) => {
    expect(minuteOfDay(text)).toBeUndefined();
  });
});

function alertOf(one: Signal): Alert {
  return {
    id: `PTL-A-${one.at}`,
    incident: '',
    first: one,
    last: one,
    severity: one.severity,
    count: 1,
    state: 'open',
    changedAt: one.at,
  };
}

test.each([
  ['22:00-07:00', { from: 1320, to: 420 }],
  ['22:00 - 07:00', { from: 1320, to: 420 }],
  ['22:00', undefined],
  ['22:00-07:00-08:00', undefined],
  ['22-7', undefined],
])('quiet hours in the configuration: "%s"', (text, expected) => {
  expect(parseQuietHours(text)).toEqual(expected);
});

describe('an expectation', () => {
  const own = signal({ devices: [mac(1), mac(2)], peer: '192.0.2.5', port: 22 });
  const all: Expectation = {
    id: 'PTL-E-1',
    at: START,
    by: 'user:mira',
    note: '',
    type: 'new_port',
    device: mac(1),
    peer: '192.0.2.5',
    port: 22,
  };
  const { type: _type, peer: _peer, port: _port, ...ofDevice } = all;
  const { device: _device, peer: _, port: __, ...ofType } = all;

  test.each<[string, Expectation, Parameters<typeof signal>[0], boolean]>([
    ['covers what it names', all, {}, true],
    ['no other type', all, { type: 'new_peer' }, false],
    ['no other port', all, { port: 23 }, false],
    ['no other peer', all, { peer: '192.0.2.6' }, false],
    ['not whoever does it to the device', all, { devices: [mac(2), mac(1)] }, false],
    ['of a device: all that it does', ofDevice, { type: 'beaconing' }, true],
    ['of a device: but nothing critical', ofDevice, { severity: 'critical' }, false],
    ['of a type: of every device', ofType, { devices: [mac(9)] }, true],
    ['of a type: critical too', ofType, { severity: 'critical' }, true],
    ['until its end', { ...all, until: START + HOUR }, { at: START + HOUR - 1 }, true],
    ['not from its end on', { ...all, until: START + HOUR }, { at: START + HOUR }, false],
    ['of nothing: covers nothing', { id: 'x', at: 0, by: '', note: '' }, {}, false],
  ])('%s', (_sentence, expectation, parts, expected) => {
    expect(covers(expectation, { ...own, ...parts })).toBe(expected);
  });

  test('the preview counts what was there before it was said, and after it will have ended', () => {
    const alert = (at: number, type = 'new_port') => alertOf({ ...own, at, type });
    const stored = [alert(START - DAY), alert(START + 9 * DAY), alert(START, 'new_peer')];
    const hidden = wouldHide({ ...all, until: START + DAY }, stored);
    expect(hidden.map(({ first }) => first.at)).toEqual([START - DAY, START + 9 * DAY]);
  });

  test('its scope has of the alert what is asked for and there', () => {
    const { port: _p, ...without } = own;
    const alert = alertOf(without);
    const scope = { type: true, device: true, peer: false, port: true };
    expect(scopeOf(alert, scope)).toEqual({ type: 'new_port', device: mac(1) });
  });
});

describe('every type that a detector signals', () => {
  const types = detectors.all.flatMap((one) => one.types);

  test.each(types)('%s has an end of its own, which can be said', (type) => {
    expect(kindOf(type)).not.toBe(kindOf('of_tomorrow'));
    expect(endingText(kindOf(type).ending)).toMatch(/^\w.*\w$/);
  });
});

describe('to contain', () => {
  test.each<[string, Parameters<typeof signal>[0], object]>([
    [
      'a connection to a stranger: its port',
      { type: 'unknown_destination', peer: '203.0.113.1', port: 23, transport: 'tcp' },
      { words: ['--stop', 'tcp/23'] },
    ],
    ['whoever spreads: whole', { type: 'malware_propagation' }, { words: ['--isolate'] }],
    ['whoever searches: off the others', { type: 'host_sweep' }, { words: ['--keep-internet'] }],
    ['a controller: never by itself', { type: 'ot_write', port: 502 }, { why: expect.any(String) }],
    ['a silence: nothing', { type: 'device_silent' }, { why: expect.any(String) }],
  ])('%s', (_, parts, expected) => {
    expect(containment(signal(parts))).toEqual(expected);
  });
});

test.each([
  [1000, '1 second'],
  [90_000, '90 seconds'],
  [15 * 60_000, '15 minutes'],
  [HOUR, '60 minutes'],
  [30 * DAY, '30 days'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(spanText(milliseconds)).toBe(text);
});
