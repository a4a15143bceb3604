import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../src/notifiers/route.ts';
import { parseWhen, share } from '../../src/notifiers/route.ts';
import { mac, signal } from '../alerts/signals.ts';
import { alert, CAMERA, notice } from './samples.ts';

describe('parseWhen', () => {
  test.each([
    ['always', []],
    ['severity>=high', [{ field: 'severity', operator: '>=', value: 'high' }]],
    ['severity >= high', [{ field: 'severity', operator: '>=', value: 'high' }]],
    [
      'type=new-device and zone=guest',
      [
        { field: 'type', operator: '=', value: 'new-device' },
        { field: 'zone', operator: '=', value: 'guest' },
      ],
    ],
    ['device="Front camera"', [{ field: 'device', operator: '=', value: 'Front camera' }]],
    ['port<1024', [{ field: 'port', operator: '<', value: '1024' }]],
  ])('%s', (text, expected) => {
    expect(parseWhen(text)).toEqual(expected);
  });

  test.each([
    ['', 0, 'a condition is missing'],
    ['severty>=high', 0, '"severty" is nothing to ask for'],
    ['severity>=loud', 10, '"loud" is none of'],
    ['severity', 8, 'comes = !='],
    ['severity>=', 10, 'compared with nothing'],
    ['severity>=high or type=x', 15, 'where "and" was expected'],
    ['severity>=high and', 18, 'a condition is missing'],
    ['type>x', 5, 'only equal or not'],
    ['port=ssh', 5, 'is no port'],
  ])('%j is wrong at %d: %s', (text, at, problem) => {
    expect(parseWhen(text)).toMatchObject({ at, problem: expect.stringContaining(problem) });
  });

  test('ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        expect(parseWhen(text)).toBeTypeOf('object');
      }),
      { numRuns: 100 },
    );
  });
});

const CHANNELS = ['phone', 'siem'];
const GUEST = {
  inZone: (zone: string, address: string) => zone === 'guest' && address === '192.168.1.31',
};

const LOUD = alert({ severity: 'high', last: signal({ devices: [mac(1)], severity: 'high' }) }, 1);
const QUIET = alert(
  { severity: 'low', last: signal({ devices: [mac(2)], severity: 'low', type: 'new_device' }) },
  2,
);
const BOTH = notice({
  kind: 'digest',
  alerts: [LOUD, QUIET],
  devices: new Map([
    [mac(1), CAMERA],
    [mac(2), { ...CAMERA, id: 'PTL-D-2', name: 'lamp', macs: [mac(2)], addresses: ['10.0.0.2'] }],
  ]),
});

describe('share', () => {
  test.each([
    ['without a rule everybody gets everything', [], { phone: [1, 2], siem: [1, 2] }],
    ['what fits no rule is told nobody', [['severity>=critical', 'phone']], {}],
    [
      'each channel gets its own part',
      [
        ['severity>=high', 'phone'],
        ['always', 'siem'],
      ],
      { phone: [1], siem: [2] },
    ],
    [
      'the first rule that fits decides',
      [
        ['always', 'siem'],
        ['always', 'phone'],
      ],
      { siem: [1, 2] },
    ],
    [
      'a rule without channels is silence',
      [['type=new-device'], ['always', 'phone']],
      { phone: [1] },
    ],
    ['a device by its name', [['device="front camera"', 'phone']], { phone: [1] }],
    ['a device by its id', [['device=PTL-D-2', 'siem']], { siem: [2] }],
    ['a zone by the address of the device', [['zone=guest', 'phone']], { phone: [1] }],
    ['anything but', [['zone!=guest', 'phone']], { phone: [2] }],
    ['a channel twice in a rule gets it once', [['always', 'phone', 'phone']], { phone: [1, 2] }],
  ] as const)('%s', (_, rules, expected) => {
    const routes: Route[] = rules.map(([when = '', ...to]) => {
      const parsed = parseWhen(when);
      if ('problem' in parsed) throw new Error(parsed.problem);
      return { when: parsed, to };
    });
    const shares = share(BOTH, routes, CHANNELS, GUEST.inZone);
    const numbers = [...shares].map(([channel, { alerts }]) => [
      channel,
      alerts.map(({ id }) => Number(id.slice(-1))),
    ]);
    expect(Object.fromEntries(numbers)).toEqual(expected);
  });

  test('a test goes to every channel, whatever the rules', () => {
    const shares = share(
      notice({ kind: 'test', alerts: [] }),
      [{ when: [], to: [] }],
      CHANNELS,
      GUEST.inZone,
    );
    expect([...shares.keys()]).toEqual(CHANNELS);
  });
});
