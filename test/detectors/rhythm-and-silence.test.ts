import { describe, expect, test } from 'vitest';
import { beaconing } from '../../src/detectors/beaconing.ts';
import { deviceSilent } from '../../src/detectors/device-silent.ts';
import { newDevice } from '../../src/detectors/new-device.ts';
import { trend } from '../../src/detectors/trend.ts';
import { volumeSpike } from '../../src/detectors/volume-spike.ts';
import { DAY, HOUR, HUB, LAMP, MINUTE, outside, Scene, SECOND, START } from './scene.ts';

const LEARNED = START + 2 * DAY;

describe('beaconing', () => {
  test.each<[string, readonly number[], number]>([
    ['every five minutes, on the second', times(12, () => 5 * MINUTE), 1],
    ['every half hour, a fifth more or less', times(14, (n) => 30 * MINUTE * swing(n, 0.2)), 1],
    ['nine times only', times(9, () => 5 * MINUTE), 0],
    ['in two bursts with a hole between', times(14, (n) => (n === 7 ? 20 * HOUR : 8 * SECOND)), 0],
    ['ever more seldom', times(14, (n) => MINUTE * 1.9 ** n), 0],
  ])('a new site that is called %s', (_, instants, alerts) => {
    const scene = new Scene([beaconing], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    for (const at of instants) {
      scene.talk(LEARNED + HOUR + at, LAMP, outside(66), 443, { name: 'c2.test' });
    }
    expect(scene.signals).toHaveLength(alerts);
  });

  test('a usual site may keep any rhythm', () => {
    const scene = new Scene([beaconing], LEARNED);
    scene.usual(START, LEARNED + DAY);
    expect(scene.signals).toEqual([]);
  });
});

describe('device_silent', () => {
  test('a lamp that is heard every five minutes is missed after a quarter of an hour, once', () => {
    const scene = new Scene([deviceSilent], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    for (let at = LEARNED + HOUR; at < LEARNED + 9 * HOUR; at += 10 * SECOND) {
      scene.talk(at, HUB, outside(9), 443, { name: 'hub.test' });
    }
    // It was heard last five minutes before the hour.
    expect(scene.signals.map(({ at }) => Math.round((at - LEARNED - HOUR) / MINUTE))).toEqual([10]);
  });

  test.each<[string, (hour: number) => boolean]>([
    ['is on in the evening only', (hour) => hour % 24 >= 18],
    ['was switched off for three hours before', (hour) => hour < 20 || hour > 23],
  ])('a device that %s is let sleep', (_, isOn) => {
    const scene = new Scene([deviceSilent], LEARNED);
    for (let at = START; at < LEARNED + 8 * HOUR; at += MINUTE) {
      const hour = Math.floor((at - START) / HOUR);
      if (hour < 50 && isOn(hour)) scene.talk(at, LAMP, outside(1), 443);
      scene.talk(at + SECOND, HUB, outside(9), 443);
    }
    expect(scene.signals.filter(({ devices }) => devices.includes(LAMP.mac))).toEqual([]);
  });

  test('when nothing at all is heard, it is we who are deaf', () => {
    const scene = new Scene([deviceSilent], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    for (let at = LEARNED + HOUR; at < LEARNED + 3 * HOUR; at += MINUTE) scene.tick(at + 20_000);
    expect(scene.signals).toEqual([]);
  });
});

describe('new_device', () => {
  const asks = (scene: Scene, at: number, mac: string, hostName?: string): void => {
    const host = hostName === undefined ? {} : { hostName };
    const message = { family: 4 as const, message: 'discover', clientMac: mac, resolvers: [] };
    scene.see({ kind: 'dhcp', at, ...message, fingerprint: '1,3,6', ...host });
  };

  test('a maker’s address is told at its first frame', () => {
    const scene = new Scene([newDevice], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    const stranger = { address: '192.168.1.77', mac: 'dc:a6:32:00:00:77' };
    scene.talk(LEARNED + HOUR, stranger, LAMP, 80);
    expect(scene.signals.map(({ at, severity }) => [at - LEARNED - HOUR, severity])).toEqual([
      [0, 'medium'],
    ]);
  });

  test('a telephone that comes back with another private address is the same', () => {
    const scene = new Scene([newDevice], LEARNED);
    asks(scene, START, '9a:41:0e:00:00:01', 'phone');
    scene.talk(START + SECOND, { address: '192.168.1.50', mac: '9a:41:0e:00:00:01' }, HUB, 80);
    scene.usual(START + HOUR, LEARNED + HOUR);
    asks(scene, LEARNED + HOUR, '2a:41:0e:00:00:02', 'phone');
    scene.talk(LEARNED + HOUR + 9, { address: '192.168.1.51', mac: '2a:41:0e:00:00:02' }, HUB, 80);
    scene.tick(LEARNED + 2 * HOUR);
    expect(scene.signals).toEqual([]);
  });

  test('a private address without a name is told after it had time to say who it is', () => {
    const scene = new Scene([newDevice], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    asks(scene, LEARNED + HOUR, '2a:41:0e:00:00:03');
    scene.tick(LEARNED + HOUR + 10 * SECOND);
    expect(scene.signals).toEqual([]);
    scene.tick(LEARNED + HOUR + 40 * SECOND);
    expect(scene.signals.map(({ severity }) => severity)).toEqual(['low']);
  });

  test('a flood of made-up addresses is one alert beside the first eight', () => {
    const scene = new Scene([newDevice], LEARNED);
    scene.usual(START, LEARNED + HOUR);
    for (let index = 0; index < 5_000; index += 1) {
      const mac = `00:16:3e:00:${hex(index >> 8)}:${hex(index & 255)}`;
      scene.talk(LEARNED + HOUR + index * 10, { address: '192.168.1.99', mac }, HUB, 80);
    }
    expect(new Set(scene.signals.map(({ key }) => key)).size).toBeLessThanOrEqual(9);
    expect(scene.monitor.size.octets).toBeLessThan(2_000_000);
  });
});

describe('volumes', () => {
  test.each<[string, (hour: number) => number, readonly string[]]>([
    ['the same each hour', () => 6_000, []],
    ['one in sixteen more each hour', (hour) => 6_000 * 1.0625 ** hour, ['trend']],
    ['half as much for an hour, then as before', (hour) => (hour === 3 ? 9_000 : 6_000), []],
    [
      'thirty times as much in one hour',
      (hour) => (hour === 5 ? 180_000 : 6_000),
      ['volume_spike'],
    ],
  ])('after it was learned, %s', (_, octetsOf, types) => {
    const scene = new Scene([trend, volumeSpike], LEARNED);
    for (let hour = 0; hour < 72; hour += 1) {
      const sent = hour < 48 ? 6_000 : octetsOf(hour - 48);
      for (let part = 0; part < 6; part += 1) {
        const at = START + hour * HOUR + part * 10 * MINUTE;
        scene.talk(at, LAMP, outside(1), 443, { name: 'api.lamp.example', sent: sent / 6 });
      }
    }
    expect([...new Set(scene.signals.map(({ type }) => type))]).toEqual(types);
  });

  test('what is usual once a day is no spike on the next', () => {
    const scene = new Scene([trend, volumeSpike], LEARNED);
    for (let hour = 0; hour < 120; hour += 1) {
      const sent = hour % 24 === 2 ? 5_000_000 : 6_000;
      scene.talk(START + hour * HOUR, LAMP, outside(1), 443, { name: 'a.test', sent });
    }
    expect(scene.signals).toEqual([]);
  });
});

/** Instants, from the intervals between them. */
function times(count: number, interval: (index: number) => number): readonly number[] {
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) at += interval(index);
    return at;
  });
}

/** A factor about one, of a fixed order. */
function swing(index: number, by: number): number {
  return 1 + by * (((index * 37) % 21) / 10 - 1);
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
