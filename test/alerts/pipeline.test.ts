import { expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { Signal } from '../../src/model/alert.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Host } from '../detectors/scene.ts';
import { DAY, HOUR, MINUTE, outside, Scene, SECOND, START } from '../detectors/scene.ts';
import { Desk } from './desk.ts';

const LEARNED = START + 3 * DAY;
/** An ordinary day is over, and something happens, while the rest goes on as ever. */
const THEN = LEARNED + DAY;
const END = THEN + 5 * HOUR;

/** Detectors and alerts together, as `watch` and `analyze` have them. */
class House extends Scene {
  readonly desk = new Desk();
  #taken = 0;

  override see(observation: Observation): void {
    super.see(observation);
    this.desk.note(observation);
    this.#pass();
  }

  override tick(at: number): void {
    super.tick(at);
    this.desk.tick(at);
    this.#pass();
  }

  #pass(): void {
    const news: readonly Signal[] = this.signals.slice(this.#taken);
    this.#taken = this.signals.length;
    this.desk.take(...news);
  }
}

interface Step {
  readonly at: number;
  run(house: House): void;
}

function host(number: number, lease = number): Host {
  const mac = `00:17:88:00:00:${number.toString(16).padStart(2, '0')}`;
  return { address: `192.168.1.${lease}`, mac };
}

const HUB = host(10);

/** Steps of a device that does the same every so often, a little early or late. */
function every(minutes: number, phase: number, run: (house: House, at: number) => void): Step[] {
  const steps: Step[] = [];
  for (let n = 0; ; n += 1) {
    // Up to half a minute, and the same in every run.
    const jitter = ((n * 7919 + phase * 104_729) % 31) * SECOND;
    const at = START + phase * MINUTE + n * minutes * MINUTE + jitter;
    if (at >= END) return steps;
    steps.push({ at, run: (house) => run(house, at) });
  }
}

/** Battery devices: each wakes, tells its cloud, and sleeps. */
function sleepers(): Step[] {
  return Array.from({ length: 20 }, (_, n) => {
    const cloud = { name: `api.sleeper${n % 4}.example`, protocol: 'tls' };
    return every(20 + 2 * n, n, (house, at) => {
      house.talk(at, host(20 + n), outside(20 + (n % 4)), 443, cloud);
    });
  }).flat();
}

/** Devices that restart every 40 minutes or so: a new lease, and a service that refuses meanwhile. */
function flappers(): Step[] {
  return Array.from({ length: 5 }, (_, n) => {
    const own = host(60 + n);
    const steady = every(2, n, (house, at) => house.talk(at, HUB, own, 80, { protocol: 'http' }));
    const restart = every(41 + n, 10 + n, (house, at) => {
      house.see(ask(at, own));
      for (const part of [1, 2]) {
        house.talk(at + part * SECOND, HUB, own, 80, { outcome: 'refused' });
      }
    });
    return [...steady, ...restart];
  }).flat();
}

/** Devices with short leases: every three hours another address. */
function movers(): Step[] {
  return Array.from({ length: 10 }, (_, n) => {
    const lease = (at: number): Host => {
      const turn = Math.floor((at - START) / (3 * HOUR));
      return host(70 + n, 150 + ((n * 8 + turn) % 80));
    };
    const talk = every(5, n, (house, at) =>
      house.talk(at, lease(at), outside(50), 8883, { name: 'mq.mover.example', protocol: 'mqtt' }),
    );
    const asks = every(180, 0, (house, at) => house.see(ask(at, lease(at))));
    return [...talk, ...asks];
  }).flat();
}

function ask(at: number, { address, mac = '' }: Host): Observation {
  return {
    kind: 'dhcp',
    at,
    family: 4,
    message: 'request',
    clientMac: mac,
    address,
    resolvers: [],
    hostName: `device-${mac.slice(-2)}`,
    fingerprint: '1,3,6,15',
  };
}

function hub(): Step[] {
  return every(2, 0, (house, at) => {
    house.talk(at, HUB, outside(9), 443, { name: 'hub.example', protocol: 'tls' });
    house.talk(at + SECOND, HUB, host(11), 1883, { protocol: 'mqtt' });
  });
}

function atOnce(at: number, run: (house: House, at: number) => void): Step {
  return { at, run: (house) => run(house, at) };
}

const HAPPENINGS: readonly Step[] = [
  // A port that opened, of a device that the hub asks every day.
  atOnce(THEN + MINUTE, (house, at) => house.talk(at, HUB, host(60), 8899, { protocol: 'http' })),
  ...Array.from({ length: 20 }, (_, n) =>
    atOnce(THEN + HOUR + n * 500, (house, at) =>
      house.talk(at, host(70, 150), host(61), 1000 + n, { outcome: 'refused' }),
    ),
  ),
  // Two that never spoke with each other.
  atOnce(THEN + 3 * HOUR, (house, at) =>
    house.talk(at, host(25), host(11), 1883, { protocol: 'mqtt' }),
  ),
];

test('a day of 40 devices is no alert; then a new port, a scan and a new peer are three', () => {
  const house = new House(detectors.all, LEARNED);
  const usual = [...sleepers(), ...flappers(), ...movers(), ...hub()];
  const steps = [...usual, ...HAPPENINGS].sort((a, b) => a.at - b.at);
  const worth = () => house.desk.alerts.filter(({ severity }) => severity !== 'info');
  for (const step of steps.filter(({ at }) => at < THEN)) step.run(house);
  expect(worth().map(({ last }) => last.summary)).toEqual([]);
  for (const step of steps.filter(({ at }) => at >= THEN)) step.run(house);

  // A new neighbour breaks the policy that was learned.
  const three = ['new_port', 'port_scan_vertical', 'policy_violation'];
  expect(worth().map(({ last }) => last.type)).toEqual(three);
  expect(house.desk.told).toEqual(three.map((type) => `opened ${type}`));
});
