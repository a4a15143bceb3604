import { expect, test } from 'vitest';
import { spoken } from '../../src/model/spoken.ts';

const NAMES = new Map([
  ['44:19:b6:1a:0b:12', '"Front camera"'],
  ['10.77.2.1', '"Router"'],
  ['10.77.2.12', '"NVR"'],
]);
const KEYS = [...NAMES.keys()];

test.each([
  ['a MAC at the beginning', '44:19:b6:1a:0b:12 looks around', '"Front camera" looks around'],
  ['one that another begins with', '10.77.2.1 and 10.77.2.12 talk', '"Router" and "NVR" talk'],
  ['the end of a sentence', 'It asks 10.77.2.1.', 'It asks "Router".'],
  ['before a colon', '10.77.2.12: new port', '"NVR": new port'],
  ['within another', 'It asks 110.77.2.1 and 10.77.2.1.5', 'It asks 110.77.2.1 and 10.77.2.1.5'],
  ['one that nobody has a name for', 'It asks 192.0.2.7', 'It asks 192.0.2.7'],
])('%s', (_, text, expected) => {
  expect(spoken({ devices: KEYS }, text, (key) => NAMES.get(key))).toBe(expected);
});

test('a device that is called as another one is addressed keeps that name', () => {
  const names = new Map([
    ['10.0.0.1', '"10.0.0.2"'],
    ['10.0.0.2', '"x"'],
  ]);
  const signal = { devices: ['10.0.0.1'], peer: '10.0.0.9' };
  expect(spoken(signal, '10.0.0.1 asks', (key) => names.get(key))).toBe('"10.0.0.2" asks');
});
