import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { Host } from './scene.ts';
import { HOUR, HUB, LAMP, outside, ROUTER_MAC, Scene, START, STORE } from './scene.ts';

/** Octets of a device in all detectors together. */
const A_DEVICE = 65_536;
/** Detectors that keep by device what it usually does. */
const LEARNED = ['closed_port', 'device_silent', 'dga', 'dns_bypass', 'dns_tunnel', 'new_device'];
const OF_PLACES = ['new_peer', 'new_port', 'protocol_mismatch', 'trend', 'unknown_destination'];
const BY_DEVICE = detectors.all.filter(({ id }) =>
  [...LEARNED, ...OF_PLACES, 'volume_spike', 'beaconing', 'data_exfiltration'].includes(id),
);

describe('what is remembered of one device stays small', () => {
  test('whatever names, addresses, ports and neighbours it floods us with', () => {
    // Tables that devices share are filled by the first; the last shows what one device takes.
    const scene = new Scene(BY_DEVICE, START + HOUR);
    scene.usual(START, START + 2 * HOUR);
    flood(scene, START + 2 * HOUR, LAMP);
    flood(scene, START + 4 * HOUR, STORE);
    const before = scene.monitor.size.octets;
    flood(scene, START + 6 * HOUR, { address: '192.168.1.88', mac: '00:11:32:00:00:88' });
    expect(scene.monitor.size.octets - before).toBeLessThan(A_DEVICE);
  });

  test('a flood of strangers pushes out no device that was known', () => {
    const scene = new Scene(detectors.all, START + 24 * HOUR);
    scene.usual(START, START + 25 * HOUR);
    for (let index = 0; index < 4_000; index += 1) {
      const mac = `00:16:3e:01:${hex(index >> 8)}:${hex(index & 255)}`;
      const address = `10.0.${index >> 8}.${index & 255}`;
      scene.talk(START + 25 * HOUR + index * 5, { address, mac }, outside(index % 9), 443);
    }
    const before = scene.signals.length;
    scene.talk(START + 26 * HOUR, LAMP, outside(1), 443, { name: 'api.lamp.example' });
    scene.talk(START + 26 * HOUR + 5_000, HUB, LAMP, 80, { protocol: 'http' });
    scene.tick(START + 26 * HOUR + 30_000);
    const about = scene.signals.slice(before).filter(({ devices }) => devices.includes(LAMP.mac));
    expect(about).toEqual([]);
  });
});

test('the same observations give the same signals, whatever they are', () => {
  const step = fc.record({
    after: fc.nat({ max: 4_000_000 }),
    kind: fc.constantFrom('talk', 'lookup', 'inward', 'silent'),
    port: fc.constantFrom(22, 53, 80, 123, 443, 853, 3333, 8443),
    host: fc.nat({ max: 40 }),
    octets: fc.nat({ max: 5_000_000 }),
    name: fc.option(fc.string({ maxLength: 300 }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [one, other] = [played(steps), played(steps)];
      expect(one.signals).toEqual(other.signals);
      for (const { summary } of one.signals) expect(summary).not.toMatch(CONTROL);
    }),
    { numRuns: 60 },
  );
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

function flood(scene: Scene, from: number, device: Host): void {
  for (let index = 0; index < 3_000; index += 1) {
    const at = from + index * 2_000;
    const name = `${index}.${'x'.repeat(60)}${index % 500}.test`;
    scene.lookup(at + 10, device, `${index}${'y'.repeat(30)}.t${index % 9}.test`);
    scene.lookup(at, device, name, index % 2 === 0 ? 3 : 0);
    scene.talk(at + 20, device, outside(index % 250), index % 60_000, { name });
    scene.talk(at + 40, HUB, device, index % 60_000, { protocol: `p${index % 50}` });
    const neighbour = { address: `192.168.2.${index % 250}`, mac: '00:16:3e:00:00:01' };
    scene.talk(at + 60, device, neighbour, index % 60_000);
  }
}

interface Step {
  readonly after: number;
  readonly kind: string;
  readonly port: number;
  readonly host: number;
  readonly octets: number;
  readonly name: string | undefined;
}

function played(steps: readonly Step[]): Scene {
  const scene = new Scene(detectors.all, START + 2 * HOUR);
  let at = START;
  for (const { after, kind, port, host, octets, name } of steps) {
    at += after;
    const named = name === undefined ? {} : { name };
    const there = { address: `198.51.100.${host}`, mac: ROUTER_MAC };
    if (kind === 'lookup') scene.lookup(at, LAMP, name ?? 'a.test', host % 4);
    else if (kind === 'inward') scene.talk(at, there, LAMP, port);
    else {
      const outcome = kind === 'silent' ? 'silent' : 'answered';
      scene.talk(at, LAMP, there, port, { ...named, sent: octets, outcome });
    }
  }
  scene.tick(at + HOUR);
  return scene;
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0');
}
