import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertBook } from '../../src/alerts/book.ts';
import { SEVERITIES } from '../../src/model/core.ts';
import { Desk } from './desk.ts';
import { HOUR, MINUTE, mac, START, signal } from './signals.ts';

const TYPES = [
  'new_port',
  'port_scan_vertical',
  'device_silent',
  'ddos_source',
  'brute_force',
  'dga',
];

const WHAT = ['signal', 'signal', 'heard', 'act', 'expect', 'withdraw', 'tick'] as const;

/** Something that happens, and how long after what came before; a clock may be set back. */
const step = fc.record({
  after: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 20 * MINUTE }) },
    { weight: 1, arbitrary: fc.integer({ min: -30 * 24 * HOUR, max: 0 }) },
    { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 60 * 24 * HOUR }) },
  ),
  what: fc.constantFrom(...WHAT),
  device: fc.nat(12),
  type: fc.constantFrom(...TYPES),
  severity: fc.constantFrom(...SEVERITIES),
  act: fc.constantFrom(...(['acknowledged', 'resolved', 'snoozed', 'reopened'] as const)),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(given: readonly Step[], desk: Desk): Desk {
  let at = START;
  for (const one of given) {
    at += one.after;
    DOES[one.what](desk, one, at);
  }
  return desk;
}

type Does = (desk: Desk, one: Step, at: number) => void;

const DOES: Readonly<Record<Step['what'], Does>> = {
  signal: (desk, { type, severity, device }, at) => {
    desk.take(signal({ type, severity, devices: [mac(device)], at }));
  },
  tick: (desk, _, at) => {
    desk.tick(at);
  },
  heard: (desk, { device }, at) => {
    desk.note({ kind: 'binding', at, mac: mac(device), address: '192.0.2.1', via: 'asked' });
  },
  expect: (desk, { type, device }, at) => {
    const stamp = { at, by: 'user:mira', note: '' };
    const until = at + 5 * HOUR;
    desk.expect({ id: `PTL-E-${device}`, ...stamp, type, device: mac(device), until });
  },
  withdraw: (desk, { device }, at) => {
    desk.withdraw(`PTL-E-${device}`, at, 'user:mira');
  },
  act: (desk, { act, device }, at) => {
    const all = desk.alerts;
    const { id } = all[device % Math.max(1, all.length)] ?? { id: 'PTL-A-0000' };
    const word = act === 'snoozed' ? { kind: act, until: at + HOUR } : { kind: act };
    desk.act(id, { ...word, note: '' }, at, 'user:mira');
  },
};

const steps = fc.array(step, { maxLength: 120 });

test('whatever happens, the log says what is known', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const desk = play(given, new Desk()).flush();
      const read = new AlertBook(desk.events);
      const { book } = desk.gatherer;
      expect([...read.all()]).toEqual([...book.all()]);
      expect([...read.expectations()]).toEqual([...book.expectations()]);
    }),
    { numRuns: 300 },
  );
});

test('whatever happens, the same again gives the same alerts and notices', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const [a, b] = [play(given, new Desk()), play(given, new Desk())];
      expect(b.events).toEqual(a.events);
      expect(b.notices).toEqual(a.notices);
    }),
    { numRuns: 100 },
  );
});

test('whatever happens, notices have ids of their own, and nobody who was told is owed', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const desk = play(given, new Desk());
      const ids = desk.notices.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const open = [...desk.gatherer.book.open()].filter(({ alert }) => alert.state === 'open');
      for (const { owed, toldAt, alert } of open) {
        const isInformation = alert.severity === 'info';
        // An open one was told, is owed, was reopened by a person, or is nothing to tell.
        const isPersons = alert.changedBy !== undefined && alert.changedBy !== 'portolan';
        expect(owed || toldAt !== undefined || isInformation || isPersons).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
