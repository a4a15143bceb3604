import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import { Desk, only } from './desk.ts';
import { DAY, HOUR, MINUTE, mac, START, signal } from './signals.ts';

describe('a clock that jumps', () => {
  test('back by a year: nothing throws, and what is new is told', () => {
    const desk = new Desk().take(signal());
    desk.take(signal({ at: START - 365 * DAY, devices: [mac(2)] }));
    desk.tick(START - 365 * DAY + HOUR);
    expect(desk.told).toEqual(['opened new_port', 'opened new_port']);
    expect(new Set(desk.alerts.map(({ incident }) => incident)).size).toBe(2);
  });

  test('back and forth a hundred times: one alert, told once', () => {
    const desk = new Desk();
    for (let n = 0; n < 100; n += 1) desk.take(signal({ at: START - (n % 2) * 2 * HOUR }));
    expect(only(desk).count).toBe(100);
    expect(desk.told).toHaveLength(1);
  });

  test('forth by ten years: what is over is over, and the next is told', () => {
    const desk = new Desk().take(signal({ type: 'beaconing' })).tick(START + 3650 * DAY);
    expect(only(desk).state).toBe('resolved');
    desk.take(signal({ type: 'beaconing', at: START + 1000 }));
    expect(only(desk).state).toBe('open');
  });

  test('back in a storm: the hour begins anew, what is held is told', () => {
    const desk = new Desk();
    const storm = (from: number): void => {
      for (let n = 0; n < 50; n += 1) {
        desk.take(signal({ type: `of_type_${from}_${n}`, devices: [mac(n)], at: from + n * 1000 }));
      }
    };
    storm(START);
    storm(START - 5 * DAY);
    desk.tick(START - 5 * DAY + HOUR);
    const told = new Set(desk.notices.flatMap(({ alerts }) => alerts.map(({ id }) => id)));
    expect(told.size).toBe(100);
  });
});

describe('a flood', () => {
  test('a thousand new MACs are one open alert that names some and counts all', () => {
    const desk = new Desk();
    for (let n = 0; n < 1000; n += 1) {
      desk.take(signal({ type: 'new_device', devices: [mac(n)], at: START + n * 50 }));
    }
    expect(desk.open).toHaveLength(1);
    const [burst] = desk.open;
    expect(burst?.last.evidence.facts).toEqual([
      { name: 'cases', value: '1000' },
      { name: 'devices', value: '1000' },
    ]);
    expect(burst?.last.devices).toHaveLength(64);
    expect(desk.alerts.filter(({ state }) => state === 'resolved')).toHaveLength(8);
    // The eight before it was one, and it.
    expect(desk.notices.length).toBeLessThanOrEqual(9);
  });

  test('one device that reaches for a hundred strangers is one', () => {
    const desk = new Desk();
    for (let n = 0; n < 100; n += 1) {
      const peer = `203.0.113.${n}`;
      desk.take(signal({ type: 'unknown_destination', peer, at: START + n * 1000 }));
    }
    expect(desk.open).toHaveLength(1);
    expect(desk.open[0]?.last.evidence.facts[0]).toEqual({ name: 'cases', value: '100' });
  });

  test('a single one the day after is an alert of its own', () => {
    const desk = new Desk();
    for (let n = 0; n < 20; n += 1) desk.take(signal({ type: 'new_device', devices: [mac(n)] }));
    desk.take(signal({ type: 'new_device', devices: [mac(99)], at: START + DAY }));
    expect(desk.open).toHaveLength(2);
    expect(desk.told.at(-1)).toBe('opened new_device');
  });

  test('with no room left one alert of each type stands for the rest', () => {
    const desk = new Desk({ maxOpen: 10 });
    for (let n = 0; n < 200; n += 1) {
      const at = START + n * 20 * MINUTE;
      desk.take(signal({ type: n % 2 === 0 ? 'new_port' : 'new_peer', devices: [mac(n)], at }));
    }
    expect(desk.open).toHaveLength(12);
    expect(desk.gatherer.dropped).toBe(190);
    const counted = desk.open.reduce((sum, { last, count }) => {
      const cases = last.evidence.facts.find(({ name }) => name === 'cases')?.value;
      return sum + (cases === undefined ? count : Number(cases));
    }, 0);
    expect(counted).toBeGreaterThanOrEqual(200);
  });
});

describe('a storm: every kind of anomaly on every device within one hour', () => {
  const TYPES = [...new Set(detectors.all.flatMap(({ types }) => types))];
  const DEVICES = 40;
  const desk = new Desk();
  const total = TYPES.length * DEVICES;
  for (let n = 0; n < total; n += 1) {
    const type = TYPES[n % TYPES.length] ?? '';
    const severity = n % 97 === 0 ? 'critical' : n % 7 === 0 ? 'high' : 'medium';
    const devices = [mac(Math.floor(n / TYPES.length))];
    desk.take(signal({ type, devices, severity, at: START + Math.floor((n * HOUR) / total) }));
  }
  const within = desk.notices.length;
  for (let minutes = 60; minutes < 240; minutes += 10) desk.tick(START + minutes * MINUTE);

  test('at most 60 notices', () => {
    expect(within).toBeLessThanOrEqual(60);
    expect(within).toBeGreaterThan(10);
  });

  test('nothing is lost from view: every device and type is in an alert', () => {
    const seen = new Set(
      desk.alerts.flatMap(({ first, last }) =>
        [...first.devices, ...last.devices].map((device) => `${device} ${first.type}`),
      ),
    );
    expect(seen.size).toBe(total);
  });

  test('every alert that is open was told in the end', () => {
    const told = new Set(desk.notices.flatMap(({ alerts }) => alerts.map(({ id }) => id)));
    expect(desk.open.filter(({ id }) => !told.has(id))).toEqual([]);
  });
});

test('whatever rages for a day, there are never more than 60 notices within an hour', () => {
  const desk = new Desk();
  for (let n = 0; n < 20_000; n += 1) {
    const severity = n % 11 === 0 ? 'critical' : 'high';
    const devices = [mac(n % 701)];
    const type = ['ddos_source', 'device_silent', 'closed_port', `of_${n % 89}`][n % 4] ?? '';
    const at = START + Math.floor((n * 24 * HOUR) / 20_000);
    desk.take(signal({ type, devices, severity, at }));
    desk.note({ kind: 'binding', at, mac: mac((n * 7) % 701), address: '192.0.2.1', via: 'asked' });
  }
  const times = desk.notices.map(({ events }) => events[0]?.at ?? 0);
  const within = times.map((from) => times.filter((at) => at >= from && at < from + HOUR).length);
  expect(times.length).toBeGreaterThan(500);
  expect(Math.max(...within)).toBeLessThanOrEqual(60);
});

describe('a restart', () => {
  test('makes the same of the log as there was before', () => {
    const before = new Desk();
    for (let n = 0; n < 300; n += 1) {
      const type = ['new_port', 'brute_force', 'device_silent', 'ddos_source'][n % 4] ?? '';
      before.take(signal({ type, devices: [mac(n % 11)], at: START + n * 5 * MINUTE }));
    }
    const [{ id } = { id: '' }] = before.open;
    before.act(
      id,
      { kind: 'snoozed', until: START + 9 * DAY, note: 'x' },
      START + 2 * DAY,
      'user:a',
    );
    before.flush();
    const after = new Desk({ events: before.events });
    expect(after.alerts).toEqual(before.alerts);
    // And goes on the same.
    const next = signal({ type: 'beaconing', at: START + 3 * DAY });
    expect(after.take(next).alerts).toEqual(before.take(next).alerts);
  });
});
