import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import { HOUR, HUB, LAMP, outside, ROUTER_MAC, Scene, START } from './scene.ts';

/** Octets of a device in all detectors together. */
const A_DEVICE = 65_536;

describe('what is remembered of one device stays small', () => {
  test('whatever names, addresses, ports and neighbours it floods us with', () => {
    const scene = new Scene(detectors.all, START + HOUR);
    scene.usual(START, START + 2 * HOUR);
    const shared = scene.monitor.size.octets;
    for (let index = 0; index < 20_000; index += 1) {
      const at = START + 2 * HOUR + index * 200;
      const name = `${index}.${'x'.repeat(60)}${index % 5_000}.test`;
      scene.lookup(at, LAMP, name, index % 2 === 0 ? 3 : 0);
      scene.talk(at + 20, LAMP, outside(index % 250), index % 60_000, { name });
      scene.talk(at + 40, HUB, LAMP, index % 60_000, { protocol: `p${index % 50}` });
      const neighbour = { address: `192.168.2.${index % 250}`, mac: '00:16:3e:00:00:01' };
      scene.talk(at + 60, LAMP, neighbour, index % 60_000);
    }
    // What all devices share (addresses, sites, conversations) is bounded by itself.
    const byDevice = scene.monitor.size.octets - shared;
    expect(byDevice).toBeLessThan(A_DEVICE * 3 + SHARED);
  });

  test('a flood of strangers pushes out no device that was known', () => {
    const scene = new Scene(detectors.all, START + 24 * HOUR);
    scene.usual(START, START + 25 * HOUR);
    for (let index = 0; index < 10_000; index += 1) {
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

/** Octets of what is shared by all devices, at the most. */
const SHARED = 8_000_000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what must not be there
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

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
