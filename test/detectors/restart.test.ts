import { afterAll, describe, expect, test } from 'vitest';
import { untrusted } from '../../src/base/untrusted.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { Monitor } from '../../src/detectors/monitor.ts';
import { past } from '../../src/io/alerts/past.ts';
import { openStore } from '../../src/io/store/open.ts';
import type { Signal } from '../../src/model/alert.ts';
import { changeDetail } from '../../src/model/change-detail.ts';
import type { Fact, NewEvidence, Subject } from '../../src/model/evidence.ts';
import type { Observation } from '../../src/model/observation.ts';
import {
  DAY,
  HOUR,
  HUB,
  LAMP,
  MINUTE,
  OTHER_LAMP,
  outside,
  ROUTER,
  Scene,
  SECOND,
  START,
  STORE,
} from './scene.ts';

const LEARNED = START + 2 * DAY;
/** When the one monitor ends, and another begins with what is stored. */
const STOP = LEARNED + 18 * HOUR;
const THEN = LEARNED + DAY;
const END = THEN + 18 * HOUR;
const MAIL = { name: 'mx.store.example' };
const PLANT = { address: '192.168.1.60', mac: '00:0e:8c:00:00:60' };

/** Nearly four usual days, with something of everything that is learned. */
function usual(scene: Scene): void {
  scene.lookup(START, LAMP, 'first.lamp.example');
  for (let at = START; at < END; at += HOUR) {
    scene.usual(at, at + HOUR);
    scene.talk(at + 50 * MINUTE, HUB, STORE, 445, { protocol: 'smb' });
    scene.talk(at + 51 * MINUTE, STORE, outside(25), 587, MAIL);
    scene.talk(at + 52 * MINUTE, HUB, outside(53), 53, { transport: 'udp' });
    scene.talk(at + 53 * MINUTE, outside(30), STORE, 8443, { outcome: 'silent' });
    scene.talk(at + 54 * MINUTE, OTHER_LAMP, outside(9), 443, { name: 'b.maker.example' });
    scene.see(heard(at + 55 * MINUTE));
    scene.see(written(at + 56 * MINUTE, HUB, 'write'));
    scene.see(opensDoor(at + 57 * MINUTE, 8080));
    if (at === START) scene.see(announced(at + 58 * MINUTE, 631));
    scene.lookup(at + 59 * MINUTE, LAMP, 'api.lamp.example');
  }
}

/** It is known by ARP alone: no flow holds it. */
const heard = (at: number): Observation => ({
  ...{ kind: 'binding', at, via: 'asked', address: PLANT.address, mac: PLANT.mac },
});

const written = (at: number, by: typeof HUB, effect: 'write' | 'stop'): Operation => ({
  ...{ kind: 'operation', at, effect, protocol: 'modbus', name: effect, object: 'coil 1' },
  ...{ client: { ...by, port: 40_000 }, server: { ...PLANT, port: 502 } },
});

const opensDoor = (at: number, insidePort: number): Mapping => ({
  ...{ kind: 'mapping', at, via: 'upnp-igd', transport: 'tcp', outsidePort: 18_080 },
  client: { ...STORE, port: 40_000 },
  router: { ...ROUTER, port: 5000 },
  ...{ insideAddress: STORE.address, insidePort },
});

const announced = (at: number, port: number): Observation => ({
  ...{ kind: 'announced', at, transport: 'tcp', port, service: '_ipp._tcp', device: STORE },
});

type Operation = Extract<Observation, { kind: 'operation' }>;
type Mapping = Extract<Observation, { kind: 'mapping' }>;

/** What is new to each detector that learns, and what it says of it then. */
const NEWS: Readonly<
  Record<string, readonly [act: (scene: Scene) => void, said: readonly string[]]>
> = {
  beaconing: [
    (scene) => {
      for (let at = THEN; at < THEN + HOUR; at += 5 * MINUTE) {
        scene.talk(at, LAMP, outside(66), 443, { name: 'c2.test' });
      }
    },
    ['beaconing high'],
  ],
  closed_port: [
    (scene) => {
      for (const part of [1, 2, 3]) {
        scene.talk(THEN + part * MINUTE, HUB, LAMP, 80, { outcome: 'refused' });
      }
    },
    ['closed_port low'],
  ],
  data_exfiltration: [
    (scene) => scene.talk(THEN, LAMP, outside(56), 443, { name: 'drop.test', sent: 3_000_000 }),
    ['data_exfiltration high'],
  ],
  device_silent: [() => {}, ['device_silent low', 'device_silent low']],
  dga: [
    (scene) => {
      for (let index = 0; index < 9; index += 1) {
        scene.lookup(THEN + index * MINUTE, LAMP, `q${index}xkzv${index * 7919}w.test`, 3);
      }
    },
    ['dga high'],
  ],
  dns_bypass: [
    (scene) => scene.talk(THEN, LAMP, outside(54), 53, { transport: 'udp' }),
    ['dns_bypass medium'],
  ],
  inbound_probe: [
    (scene) => scene.talk(THEN, outside(91), LAMP, 2323, { outcome: 'refused' }),
    ['policy_violation low'],
  ],
  new_device: [
    (scene) => scene.talk(THEN, { address: '192.168.1.77', mac: 'dc:a6:32:00:00:77' }, LAMP, 80),
    ['new_device medium'],
  ],
  new_peer: [(scene) => scene.talk(THEN, LAMP, STORE, 445), ['policy_violation medium']],
  new_port: [
    (scene) => {
      scene.see(announced(THEN, 631));
      scene.talk(THEN + SECOND, HUB, STORE, 631);
      scene.talk(THEN + MINUTE, HUB, LAMP, 23);
    },
    ['new_port info', 'new_port high'],
  ],
  ot_write: [(scene) => scene.see(written(THEN, STORE, 'write')), ['ot_write critical']],
  protocol_mismatch: [
    (scene) =>
      scene.talk(THEN, LAMP, outside(1), 443, { name: 'api.lamp.example', protocol: 'ssh' }),
    ['protocol_mismatch medium'],
  ],
  trend: [
    (scene) => {
      for (let hour = 0; hour < 12; hour += 1) {
        const sent = 3_000 * 1.3 ** hour;
        scene.talk(THEN + hour * HOUR, LAMP, outside(1), 443, { name: 'api.lamp.example', sent });
      }
    },
    ['trend low'],
  ],
  unexpected_mail: [
    (scene) => scene.talk(THEN, LAMP, outside(25), 25, { name: 'mx.mail.example' }),
    ['policy_violation high'],
  ],
  unknown_destination: [
    (scene) => scene.talk(THEN, LAMP, outside(66), 4444),
    ['unknown_destination high'],
  ],
  upnp_portmap: [(scene) => scene.see(opensDoor(THEN, 23)), ['upnp_portmap high']],
  volume_spike: [
    (scene) => scene.talk(THEN, LAMP, outside(1), 443, { name: 'api.lamp.example', sent: 900_000 }),
    ['volume_spike medium'],
  ],
};

const learning: readonly Detector[] = detectors.all.filter(({ learns }) => learns);
const quiet = stepsOf(usual);
const store = storeOf(quiet.filter(({ at }) => at < STOP));
afterAll(() => store.close());

test('there is something new for every detector that learns', () => {
  expect(Object.keys(NEWS)).toEqual(learning.map(({ id }) => id).toSorted());
});

describe.each(learning.map((one) => [one.id, one] as const))('%s', (id, detector) => {
  const [act, said] = NEWS[id] ?? [() => {}, []];

  test('says nothing of usual days, though it was stopped between them', () => {
    const later = quiet.filter(({ at }) => at >= STOP && at < THEN + HOUR);
    expect(textOf(signalsOf(restarted(detector), later))).toEqual([]);
  });

  test('says the same of what is new as one that was not stopped', () => {
    const news = stepsOf(act);
    const rest = id === 'device_silent' ? silenced(quiet) : quiet;
    const all = [...rest, ...news].toSorted((a, b) => a.at - b.at);
    const later = all.filter(({ at }) => at >= STOP);
    const through = monitorOf(detector);
    for (const one of all.filter(({ at }) => at < STOP)) through.see(one);
    const expected = signalsOf(through, later);
    expect(textOf(expected)).toEqual(said);
    const again = signalsOf(restarted(detector), later);
    expect(again.map(({ key, severity, devices }) => ({ key, severity, devices }))).toEqual(
      expected.map(({ key, severity, devices }) => ({ key, severity, devices })),
    );
  });
});

/** The lamps say nothing any more. */
function silenced(steps: readonly Observation[]): readonly Observation[] {
  const lamps: readonly (string | undefined)[] = [LAMP.mac, OTHER_LAMP.mac];
  return steps.filter(
    (one) => one.at < THEN || !lamps.some((mac) => JSON.stringify(one).includes(mac ?? '')),
  );
}

function monitorOf(detector: Detector): Monitor {
  return new Monitor({ detectors: [detector], learnUntil: LEARNED });
}

/** Knows what the store knows. */
function restarted(detector: Detector): Monitor {
  const monitor = monitorOf(detector);
  for (const one of past(store, START, STOP)) if (one !== undefined) monitor.see(one);
  return monitor;
}

function signalsOf(monitor: Monitor, steps: readonly Observation[]): readonly Signal[] {
  const signals = steps.flatMap((one) => monitor.see(one));
  return [...signals, ...monitor.tick((steps.at(-1)?.at ?? 0) + MINUTE)];
}

function textOf(signals: readonly Signal[]): readonly string[] {
  return signals.map(({ type, severity }) => `${type} ${severity}`);
}

/** What a scene shows, without anybody who judges it. */
function stepsOf(act: (scene: Scene) => void): readonly Observation[] {
  const steps: Observation[] = [];
  const scene = new Scene([]);
  scene.see = (observation) => steps.push(observation);
  act(scene);
  // Flows of two scenes are told apart.
  const first = act === usual ? 0 : 1_000_000;
  return steps
    .map((one) => ('flow' in one ? { ...one, flow: one.flow + first } : one))
    .toSorted((a, b) => a.at - b.at);
}

/** As the passive engine would have stored it (`test/flows/recalled.test.ts`). */
function storeOf(steps: readonly Observation[]): ReturnType<typeof openStore> {
  const kept = openStore(':memory:');
  kept.appendFlows(
    steps.flatMap((one) => (one.kind === 'closed' ? [one.record] : [])),
    'test',
  );
  kept.append(steps.flatMap((one) => evidenceOf(one) ?? []));
  return kept;
}

function evidenceOf(one: Observation): NewEvidence | undefined {
  const told = (subject: Subject, fact: Fact): NewEvidence => ({
    ...{ at: one.at, source: 'passive', observer: 'test', certainty: 'likely', subject, fact },
  });
  switch (one.kind) {
    case 'binding':
      return told({ address: one.address, mac: one.mac }, { kind: 'present', via: 'arp' });
    case 'operation': {
      const fact = changeDetail(one);
      return fact === undefined ? undefined : told({ ...one.server, transport: 'tcp' }, fact);
    }
    case 'mapping':
      return told(STORE, {
        ...{ kind: 'mapping', told: 'asked', via: one.via, transport: one.transport },
        ...{ outsidePort: one.outsidePort, insideAddress: one.insideAddress },
        ...{ insidePort: one.insidePort, by: untrusted('store') },
      });
    case 'announced': {
      const { transport, port, service } = one;
      return told(one.device, {
        ...{ kind: 'advertises', transport, port, service: untrusted(service) },
      });
    }
    default:
      return undefined;
  }
}
