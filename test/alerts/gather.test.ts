import { describe, expect, test } from 'vitest';
import type { GatherOptions } from '../../src/alerts/gather.ts';
import type { Signal } from '../../src/model/alert.ts';
import type { Observation } from '../../src/model/observation.ts';
import { Desk, only } from './desk.ts';
import { DAY, HOUR, MINUTE, mac, START, signal } from './signals.ts';

const BINDING = { kind: 'binding', address: '192.0.2.9', via: 'asked' } as const;

describe('one alert', () => {
  test('a repeat raises its counter and tells nobody', () => {
    const desk = new Desk();
    for (let n = 0; n < 500; n += 1) desk.take(signal({ at: START + n * 1000 }));
    expect(only(desk)).toMatchObject({ count: 500, state: 'open', severity: 'medium' });
    expect(desk.told).toEqual(['opened new_port']);
    // Opened, told, and a line for each doubling: 2, 4 … 256.
    expect(desk.events).toHaveLength(2 + 8);
  });

  test('one that gets worse is told, with what it is now', () => {
    const desk = new Desk().take(signal(), signal({ at: START + 1000, severity: 'high' }));
    expect(desk.told).toEqual(['opened new_port', 'worse new_port']);
    expect(desk.notices[1]?.alerts[0]).toMatchObject({ severity: 'high', count: 2 });
  });

  test('one that gets milder keeps its severity', () => {
    const desk = new Desk().take(signal({ severity: 'high' }), signal({ severity: 'low' }));
    expect(only(desk).severity).toBe('high');
    expect(desk.told).toHaveLength(1);
  });

  test('what is only information is kept and told to nobody', () => {
    const desk = new Desk().take(signal({ severity: 'info' }));
    expect(only(desk).severity).toBe('info');
    expect(desk.told).toEqual([]);
  });

  test('ids are the same in every run', () => {
    const ids = [1, 2].map(() => only(new Desk().take(signal())).id);
    expect(ids[0]).toMatch(/^PTL-A-[0-9A-Z]{4}$/);
    expect(new Set(ids).size).toBe(1);
  });
});

describe('what ends by itself', () => {
  test.each([
    ['a scan, an hour after its last sign', 'port_scan_vertical', HOUR, 'resolved'],
    ['a scan is not over after half of it', 'port_scan_vertical', HOUR / 2, 'open'],
    ['a flood, after a quarter of an hour', 'ddos_source', 15 * MINUTE, 'resolved'],
    ['a new port stays until somebody looks', 'new_port', 29 * DAY, 'open'],
    ['a new port that nobody looked at is set aside in the end', 'new_port', 30 * DAY, 'resolved'],
    ['a type that nobody listed, after a day', 'of_tomorrow', DAY, 'resolved'],
    ['silence does not end by waiting', 'device_silent', 30 * DAY, 'open'],
  ])('%s', (_, type, after, state) => {
    // Silence waits until it is settled, hence the tick before.
    const desk = new Desk().take(signal({ type })).tick(START + 5 * MINUTE);
    expect(only(desk.tick(START + Math.max(after, 6 * MINUTE))).state).toBe(state);
  });

  test('a port that flaps on after its end was told is told no second time', () => {
    const closes = (after: number) => {
      const at = START + after;
      return signal({ type: 'closed_port', devices: [mac(1)], port: 80, transport: 'tcp', at });
    };
    const answers = (after: number): Observation => ({
      ...{ kind: 'answered', at: START + after, flow: 1, ipProtocol: 6, refused: false },
      source: { address: '192.0.2.1', port: 40_000 },
      destination: { address: '192.0.2.9', port: 80, mac: mac(1) },
    });
    const desk = new Desk().take(closes(0)).tick(START + 2 * MINUTE);
    for (let after = HOUR; after < 5 * HOUR; after += HOUR) {
      desk
        .note(answers(after))
        .take(closes(after + MINUTE))
        .tick(START + after + 3 * MINUTE);
    }
    expect(desk.told).toEqual(['opened closed_port', 'resolved closed_port']);
    expect(only(desk).state).toBe('open');
    // A day later it is news again, and so is its end.
    desk
      .note(answers(6 * HOUR))
      .take(closes(40 * HOUR))
      .note(answers(41 * HOUR));
    expect(desk.told.slice(2)).toEqual(['opened closed_port', 'resolved closed_port']);
  });

  test('who was told of a flood at us is told of its end; of the end of an attack nobody is', () => {
    const flood = new Desk().take(signal({ type: 'ddos_victim' })).tick(START + HOUR);
    expect(flood.told).toEqual(['opened ddos_victim', 'resolved ddos_victim']);
    for (const type of ['port_scan_vertical', 'ddos_source', 'arp_spoof']) {
      const desk = new Desk().take(signal({ type })).tick(START + 2 * DAY);
      expect([only(desk).state, ...desk.told]).toEqual(['resolved', `opened ${type}`]);
    }
  });

  test('it comes back as the same alert, and within a day nobody is told again', () => {
    const again = signal({ type: 'port_scan_vertical', at: START + 3 * HOUR });
    const desk = new Desk().take(signal({ type: 'port_scan_vertical' })).tick(START + 2 * HOUR);
    expect(only(desk).state).toBe('resolved');
    expect(only(desk.take(again))).toMatchObject({ state: 'open', count: 2 });
    expect(desk.told).toHaveLength(1);
  });

  test('it comes back after a day, and is told', () => {
    const type = 'port_scan_vertical';
    const desk = new Desk().take(signal({ type })).tick(START + 2 * HOUR);
    desk.take(signal({ type, at: START + 2 * DAY }));
    expect(desk.told).toEqual([`opened ${type}`, `opened ${type}`]);
  });
});

describe('what sleeps and what flaps', () => {
  const silent = signal({ type: 'device_silent', devices: [mac(1)] });

  test('a device that is back within five minutes was never an alert', () => {
    const desk = new Desk()
      .take(silent)
      .note({ ...BINDING, at: START + 4 * MINUTE, mac: mac(1) })
      .tick(START + HOUR);
    expect(desk.alerts).toEqual([]);
    expect(desk.gatherer.settled).toBe(1);
  });

  test('another device that is heard does not count', () => {
    const desk = new Desk()
      .take(silent)
      .note({ ...BINDING, at: START + 4 * MINUTE, mac: mac(2) })
      .tick(START + HOUR);
    expect(desk.open).toHaveLength(1);
  });

  test('one that was missed is over when the device is heard, and that is told', () => {
    const desk = new Desk()
      .take(silent)
      .tick(START + 5 * MINUTE)
      .note({ ...BINDING, at: START + HOUR, mac: mac(1) });
    expect(only(desk)).toMatchObject({ state: 'resolved', note: 'the device was heard again' });
    expect(desk.told).toEqual(['opened device_silent', 'resolved device_silent']);
    // It was told when it had settled, not when the silence was noticed.
    expect(desk.events[0]).toMatchObject({ kind: 'opened', at: START + 5 * MINUTE });
  });

  test('that a smaller fault is over stands in the list, and is worth no message', () => {
    const desk = new Desk()
      .take({ ...silent, severity: 'low' })
      .tick(START + 5 * MINUTE)
      .note({ ...BINDING, at: START + HOUR, mac: mac(1) });
    expect(only(desk)).toMatchObject({ state: 'resolved', note: 'the device was heard again' });
    expect(desk.told).toEqual(['opened device_silent']);
  });

  test('that many fell silent at once is over after a day, though each may be heard', () => {
    const desk = new Desk().take(signal({ type: 'device_silent', devices: [mac(1), mac(2)] }));
    desk.note({ ...BINDING, at: START + HOUR, mac: mac(1) });
    expect(only(desk).state).toBe('open');
    expect(only(desk.tick(START + DAY)).note).toBe('it was not seen again for 24 hours');
  });

  test('a closed port is over when that port answers, and by no other', () => {
    const closed = signal({ type: 'closed_port', devices: [mac(1)], port: 80, transport: 'tcp' });
    const desk = new Desk().take(closed).tick(START + MINUTE);
    const answered = (port: number, ipProtocol: number): Observation => ({
      kind: 'answered',
      at: START + HOUR,
      flow: 1,
      source: { address: '192.0.2.1', port: 40_000 },
      destination: { address: '192.0.2.9', port, mac: mac(1) },
      ipProtocol,
      refused: false,
    });
    expect(only(desk.note(answered(81, 6)).note(answered(80, 17))).state).toBe('open');
    expect(only(desk.note(answered(80, 6))).state).toBe('resolved');
  });
});

describe('incidents', () => {
  const attacker = mac(66);
  const by = (type: string, minutes: number, parts: Partial<Signal> = {}): Signal =>
    signal({ type, at: START + minutes * MINUTE, devices: [attacker, mac(1)], ...parts });

  test('scan, brute force and a new peer by one device are one, and get worse step by step', () => {
    const desk = new Desk().take(
      by('port_scan_vertical', 0),
      by('brute_force', 5),
      by('new_peer', 9, { severity: 'low' }),
    );
    expect(new Set(desk.alerts.map(({ incident }) => incident)).size).toBe(1);
    expect(desk.alerts.map(({ severity }) => severity)).toEqual(['medium', 'high', 'medium']);
    expect(desk.alerts[1]?.raised).toEqual([
      `it follows port_scan_vertical of the same device 5 minutes before (${desk.alerts[0]?.id})`,
    ]);
    // The third makes it no worse: it waits for a digest, a day at most.
    expect(desk.told).toEqual([
      'opened port_scan_vertical',
      'worse brute_force,port_scan_vertical',
    ]);
    expect(desk.tick(START + DAY).told).toHaveLength(2);
    expect(desk.tick(START + DAY + 10 * MINUTE).told.at(-1)).toBe('digest new_peer');
  });

  test('more of what is known goes with a digest that is due anyhow', () => {
    const desk = new Desk({ maxOpen: 100 }).take(by('brute_force', 0), by('new_peer', 1));
    for (let n = 10; n < 60; n += 1) {
      desk.take(signal({ type: `kind_${n}`, devices: [mac(n)], at: START + 2 * MINUTE + n }));
    }
    desk.tick(START + 20 * MINUTE);
    expect(desk.told.at(-1)).toMatch(/^digest .*new_peer/);
  });

  test('whom a device that just came talks to is part of its coming', () => {
    const desk = new Desk().take(
      signal({ type: 'new_device', devices: [attacker] }),
      by('new_port', 1, { devices: [mac(1), attacker] }),
      by('new_port', 2, { devices: [mac(2), mac(3)] }),
    );
    const [coming, its, another] = desk.alerts.map(({ incident }) => incident);
    expect(its).toBe(coming);
    expect(another).not.toBe(coming);
  });

  test('the one that was attacked and then attacks belongs to it', () => {
    const desk = new Desk().take(
      by('brute_force', 0),
      signal({ type: 'malware_propagation', at: START + 60_000, devices: [mac(1)] }),
    );
    expect(new Set(desk.alerts.map(({ incident }) => incident)).size).toBe(1);
    expect(desk.alerts[1]?.severity).toBe('high');
    expect(desk.alerts[1]?.raised?.[0]).toContain('brute_force against it');
  });

  test('three devices that call one stranger are a spread', () => {
    const call = (device: number): Signal =>
      signal({ type: 'unknown_destination', devices: [mac(device)], peer: '203.0.113.5' });
    const desk = new Desk().take(call(1), call(2), call(3));
    expect(desk.alerts.map(({ severity }) => severity)).toEqual(['medium', 'medium', 'high']);
    expect(new Set(desk.alerts.map(({ incident }) => incident)).size).toBe(1);
  });

  test.each([
    ['half an hour apart', by('brute_force', 31)],
    ['by others', signal({ type: 'brute_force', devices: [mac(5), mac(6)] })],
  ])('%s they are two', (_, other) => {
    const desk = new Desk().take(by('port_scan_vertical', 0), other);
    expect(new Set(desk.alerts.map(({ incident }) => incident)).size).toBe(2);
    expect(desk.told).toHaveLength(2);
  });

  test('a fault before is no step: a port that closes does not make a scan worse', () => {
    const desk = new Desk().take(by('ddos_victim', 0), by('port_scan_vertical', 1));
    expect(desk.alerts.map(({ severity }) => severity)).toEqual(['medium', 'medium']);
  });
});

describe("a person's word", () => {
  const ME = 'user:mira';

  test('acknowledged: repeats are counted, and only what gets worse opens it', () => {
    const desk = new Desk().take(signal());
    const { id } = only(desk);
    desk.act(id, { kind: 'acknowledged', note: 'looking' }, START + 1000, ME);
    desk.take(signal({ at: START + 2000 }));
    expect(only(desk)).toMatchObject({
      state: 'acknowledged',
      count: 2,
      changedBy: ME,
      note: 'looking',
    });
    desk.take(signal({ at: START + 3000, severity: 'critical' }));
    expect(only(desk).state).toBe('open');
    expect(desk.told).toEqual(['opened new_port', 'worse new_port']);
  });

  test('snoozed: told when the snooze is over, if it went on', () => {
    const desk = new Desk().take(signal());
    const { id } = only(desk);
    desk.act(id, { kind: 'snoozed', until: START + 8 * HOUR, note: '' }, START + 1000, ME);
    desk.take(signal({ at: START + HOUR }), signal({ at: START + 2 * HOUR, severity: 'high' }));
    expect(only(desk)).toMatchObject({ state: 'snoozed', severity: 'high' });
    expect(desk.told).toHaveLength(1);
    expect(only(desk.tick(START + 8 * HOUR)).state).toBe('open');
    expect(desk.told).toHaveLength(2);
  });

  test('snoozed: silent afterwards if nothing more came', () => {
    const desk = new Desk().take(signal());
    desk.act(only(desk).id, { kind: 'snoozed', until: START + HOUR, note: '' }, START + 1000, ME);
    expect(only(desk.tick(START + HOUR)).state).toBe('open');
    expect(desk.told).toHaveLength(1);
  });

  test('snoozed: what becomes critical is told all the same', () => {
    const desk = new Desk().take(signal());
    const until = START + HOUR;
    desk.act(only(desk).id, { kind: 'snoozed', until, note: '' }, START + 1000, ME);
    desk.take(signal({ at: START + 2000, severity: 'critical' }));
    expect(desk.told).toEqual(['opened new_port', 'worse new_port']);
  });

  test('resolved by a person and seen again: opened, and told', () => {
    const desk = new Desk().take(signal());
    desk.act(only(desk).id, { kind: 'resolved', note: 'closed it' }, START + 1000, ME);
    desk.take(signal({ at: START + 2000 }));
    expect(only(desk)).toMatchObject({ state: 'open', note: 'it was seen again' });
    expect(desk.told).toHaveLength(2);
  });

  test('an id that is not there changes nothing', () => {
    const desk = new Desk().act('PTL-A-0000', { kind: 'resolved', note: '' }, START, ME);
    expect(desk.events).toEqual([]);
  });
});

describe('expected', () => {
  const expectation = {
    id: 'PTL-E-7F3K',
    at: START,
    until: START + DAY,
    type: 'new_port',
    device: mac(1),
    by: 'user:mira',
    note: '',
  };
  const port = (number: number, at: number): Signal =>
    signal({ devices: [mac(1)], port: number, transport: 'tcp', at });

  test('what is expected makes no alert, is counted, and is news again when its time is over', () => {
    const desk = new Desk().expect(expectation);
    desk.take(port(80, START + 1000), port(81, START + 2000), port(82, START + 3000));
    expect(desk.alerts).toEqual([]);
    expect([...desk.gatherer.book.expectations()][0]?.hidden).toBe(3);
    expect(desk.take(port(83, START + DAY)).open).toHaveLength(1);
  });

  test('what is open and covered is resolved', () => {
    const desk = new Desk().take(port(80, START)).expect(expectation);
    expect(only(desk)).toMatchObject({ state: 'resolved', note: 'expected (PTL-E-7F3K)' });
  });
});

describe('quiet hours, from 22 to 7', () => {
  /** Local time is two hours ahead of UTC, and the day of `START` begins at 0 UTC. */
  const options: GatherOptions = {
    quiet: { from: 22 * 60, to: 7 * 60 },
    localMinute: (at) => (Math.floor((at - START) / MINUTE) + 120 + 1440) % 1440,
  };
  const night = START + 2 * HOUR;
  const nightly = (device: number, parts: Partial<Signal> = {}): Signal =>
    signal({ at: night + device * 1000, devices: [mac(device)], ...parts });

  test('what is critical is told; the rest when the night is over, worst first, in one', () => {
    const desk = new Desk(options).take(
      nightly(1),
      nightly(2, { severity: 'critical', type: 'ot_write' }),
      nightly(3, { severity: 'high' }),
    );
    expect(desk.told).toEqual(['opened ot_write']);
    expect(desk.tick(START + 4.99 * HOUR).told).toHaveLength(1);
    desk.tick(START + 5 * HOUR);
    expect(desk.told.at(-1)).toBe('digest new_port,new_port');
    expect(desk.notices.at(-1)?.alerts.map(({ severity }) => severity)).toEqual(['high', 'medium']);
  });

  test('what was acknowledged meanwhile is not told', () => {
    const desk = new Desk(options).take(nightly(1));
    desk.act(only(desk).id, { kind: 'acknowledged', note: '' }, night + HOUR, 'user:mira');
    expect(desk.tick(START + 9 * HOUR).told).toEqual([]);
  });

  test('a program that is ended in the night tells after the next start', () => {
    const before = new Desk(options).take(nightly(1));
    const after = new Desk({ ...options, events: before.events });
    expect(after.tick(START + 5 * HOUR).told).toEqual(['digest new_port']);
    const third = new Desk({ ...options, events: [...before.events, ...after.events] });
    expect(third.tick(START + 6 * HOUR).told).toEqual([]);
  });
});
