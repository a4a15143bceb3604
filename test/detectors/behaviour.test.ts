import { describe, expect, test } from 'vitest';
import { beaconing } from '../../src/detectors/beaconing.ts';
import { closedPort } from '../../src/detectors/closed-port.ts';
import { cryptomining } from '../../src/detectors/cryptomining.ts';
import { dataExfiltration } from '../../src/detectors/data-exfiltration.ts';
import { deviceSilent } from '../../src/detectors/device-silent.ts';
import { dga } from '../../src/detectors/dga.ts';
import { dnsBypass } from '../../src/detectors/dns-bypass.ts';
import { dnsTunnel } from '../../src/detectors/dns-tunnel.ts';
import { inboundProbe } from '../../src/detectors/inbound-probe.ts';
import { newDevice } from '../../src/detectors/new-device.ts';
import { newPeer } from '../../src/detectors/new-peer.ts';
import { newPort } from '../../src/detectors/new-port.ts';
import { protocolMismatch } from '../../src/detectors/protocol-mismatch.ts';
import { trend } from '../../src/detectors/trend.ts';
import { unexpectedMail } from '../../src/detectors/unexpected-mail.ts';
import { unknownDestination } from '../../src/detectors/unknown-destination.ts';
import { volumeSpike } from '../../src/detectors/volume-spike.ts';
import { DAY, HOUR, HUB, LAMP, MINUTE, outside, Scene, SECOND, START, STORE } from './scene.ts';

const ALL = [
  beaconing,
  closedPort,
  cryptomining,
  dataExfiltration,
  deviceSilent,
  dga,
  dnsBypass,
  dnsTunnel,
  inboundProbe,
  newDevice,
  newPeer,
  newPort,
  protocolMismatch,
  trend,
  unexpectedMail,
  unknownDestination,
  volumeSpike,
];
const LEARNED = START + 2 * DAY;
/** Middle of the third day: what is learned was learned, and something happens. */
const THEN = LEARNED + 12 * HOUR;

/** Two usual days and a half, in which the hub also uses the store and reports to its maker. */
function household(): Scene {
  const scene = new Scene(ALL, LEARNED);
  for (let at = START; at < THEN; at += HOUR) {
    scene.usual(at, at + HOUR);
    scene.talk(at + 58 * MINUTE, HUB, STORE, 445, { protocol: 'smb' });
    scene.talk(at + 59 * MINUTE, HUB, outside(9), 443, { name: 'hub.maker.example' });
  }
  return scene;
}

test('two usual days and a half say nothing', () => {
  expect(household().signals).toEqual([]);
});

describe.each<[string, (scene: Scene) => void, readonly string[]]>([
  [
    'a place that it never talked to',
    (scene) => scene.talk(THEN, LAMP, outside(66), 443, { name: 'c2.evil.example' }),
    ['unknown_destination medium'],
  ],
  [
    'an address for which no name was asked, on an odd port',
    (scene) => scene.talk(THEN, LAMP, outside(66), 4444),
    ['unknown_destination high'],
  ],
  [
    'another host of a usual site',
    (scene) => scene.talk(THEN, LAMP, outside(67), 443, { name: 'eu2.lamp.example' }),
    [],
  ],
  [
    'a new version that is fetched from a host of somebody else',
    (scene) =>
      scene.talk(THEN, LAMP, outside(68), 443, {
        name: 'fw.content.test',
        sent: 900,
        received: 800_000,
      }),
    ['unknown_destination info'],
  ],
  [
    'an address that does not answer',
    (scene) => scene.talk(THEN, LAMP, outside(69), 23, { outcome: 'silent' }),
    [],
  ],
  [
    'the time from another server of the pool',
    (scene) => scene.talk(THEN, LAMP, outside(70), 123, { transport: 'udp' }),
    [],
  ],
  [
    'TLS that calls itself by a usual name at addresses that DNS never gave',
    (scene) => {
      for (const part of [0, 10, 20]) {
        const claim = { protocol: 'tls', sni: 'api.lamp.example' };
        scene.talk(THEN + part * MINUTE, LAMP, outside(71), 443, claim);
      }
    },
    ['unknown_destination medium'],
  ],
  [
    'four new places on a day: three are told',
    (scene) => {
      for (const part of [1, 2, 3, 4]) {
        scene.talk(THEN + part * HOUR, LAMP, outside(80 + part), 443, { name: `a.x${part}.test` });
      }
    },
    ['unknown_destination medium', 'unknown_destination medium', 'unknown_destination medium'],
  ],
  [
    'a neighbour that it never talked to',
    (scene) => {
      scene.talk(THEN, LAMP, STORE, 445);
    },
    ['policy_violation medium'],
  ],
  [
    'many neighbours at once are left to the scan detectors',
    (scene) => {
      for (const port of [22, 80, 443, 445, 5000]) scene.talk(THEN, LAMP, STORE, port);
    },
    ['new_port high', 'new_port medium', 'new_port medium', 'new_port medium'],
  ],
  [
    'a way in from the Internet to what only neighbours used',
    (scene) => {
      scene.talk(THEN, outside(90), LAMP, 80);
    },
    ['policy_violation medium'],
  ],
  [
    'somebody on the Internet who is let through to a closed port',
    (scene) => scene.talk(THEN, outside(91), LAMP, 2323, { outcome: 'refused' }),
    ['policy_violation low'],
  ],
  [
    'a flood of those is left to the detector of floods',
    (scene) => {
      for (let index = 0; index < 20; index += 1) {
        scene.talk(THEN + index, outside(100 + index), LAMP, 2323, { outcome: 'silent' });
      }
    },
    [],
  ],
  ['a port that never answered', (scene) => scene.talk(THEN, HUB, LAMP, 8899), ['new_port medium']],
  ['a port that refuses', (scene) => scene.talk(THEN, HUB, LAMP, 8899, { outcome: 'refused' }), []],
  [
    'a shell that never answered',
    (scene) => scene.talk(THEN, STORE, LAMP, 23),
    ['new_port high', 'policy_violation medium'],
  ],
  [
    'the late answer to something older, at a high UDP port',
    (scene) => scene.talk(THEN, HUB, LAMP, 50_001, { transport: 'udp' }),
    [],
  ],
  [
    'three refusals of a service that is used',
    (scene) => {
      for (const part of [0, 1, 2, 3]) {
        scene.talk(THEN + part * MINUTE, HUB, LAMP, 80, { outcome: 'refused' });
      }
    },
    ['closed_port low'],
  ],
  [
    'silence to its usual client, while it talks to others',
    (scene) => {
      for (const part of [0, 1, 2]) {
        scene.talk(THEN + part * MINUTE, LAMP, outside(1), 443, { name: 'api.lamp.example' });
        scene.talk(THEN + part * MINUTE + SECOND, HUB, LAMP, 80, { outcome: 'silent' });
      }
    },
    ['service_down low'],
  ],
  [
    'silence to a stranger',
    (scene) => {
      for (const part of [0, 1, 2, 3]) {
        scene.talk(THEN + part * MINUTE, STORE, LAMP, 80, { outcome: 'silent' });
      }
    },
    [],
  ],
  [
    'another protocol on a usual port',
    (scene) =>
      scene.talk(THEN, LAMP, outside(1), 443, { name: 'api.lamp.example', protocol: 'ssh' }),
    ['protocol_mismatch medium'],
  ],
  [
    'mail',
    (scene) => scene.talk(THEN, LAMP, outside(25), 25, { name: 'mx.mail.example' }),
    ['policy_violation high'],
  ],
  [
    'a resolver of its own',
    (scene) => scene.talk(THEN, LAMP, outside(53), 53, { transport: 'udp' }),
    ['dns_bypass medium'],
  ],
  [
    'DNS over HTTPS',
    (scene) =>
      scene.talk(THEN, LAMP, outside(54), 443, { protocol: 'tls', sni: 'cloudflare-dns.com' }),
    ['dns_bypass medium'],
  ],
  [
    'a pool of miners',
    (scene) => scene.talk(THEN, LAMP, outside(55), 3333, { protocol: 'stratum' }),
    ['cryptomining high', 'unknown_destination high'],
  ],
  [
    'megabytes to a new place',
    (scene) => scene.talk(THEN, LAMP, outside(56), 443, { name: 'drop.test', sent: 3_000_000 }),
    ['data_exfiltration high', 'unknown_destination medium'],
  ],
  [
    'twenty times as much as ever to the usual place',
    (scene) => scene.talk(THEN, LAMP, outside(1), 443, { name: 'api.lamp.example', sent: 400_000 }),
    ['volume_spike medium'],
  ],
  [
    'twice as much as ever to the usual place',
    (scene) => scene.talk(THEN, LAMP, outside(1), 443, { name: 'api.lamp.example', sent: 6_000 }),
    [],
  ],
  [
    'names that a machine drew, none of which exists',
    (scene) => {
      for (let index = 0; index < 9; index += 1) {
        const drawn = `q${(index * 7919 + 104_729).toString(36)}xk${index}zv.test`;
        scene.lookup(THEN + index * 5 * MINUTE, LAMP, drawn, 3);
      }
    },
    ['dga high'],
  ],
  [
    'one dead name that is asked for all day',
    (scene) => {
      for (let index = 0; index < 40; index += 1) {
        scene.lookup(THEN + index * MINUTE, LAMP, 'tracker.gone.test', 3);
      }
    },
    [],
  ],
  [
    'data in names',
    (scene) => {
      for (let index = 0; index < 80; index += 1) {
        scene.lookup(THEN + index * 20 * SECOND, LAMP, `${scrambled(index, 50)}.t.test`);
      }
    },
    ['dns_tunnel high'],
  ],
  [
    'one long name, again and again',
    (scene) => {
      for (let index = 0; index < 80; index += 1) {
        scene.lookup(THEN + index * 20 * SECOND, LAMP, `${scrambled(1, 50)}.t.test`);
      }
    },
    [],
  ],
])('after it was learned, %s', (_, happen, said) => {
  test(said.length === 0 ? 'says nothing' : `says ${said.join(', ')}`, () => {
    const scene = household();
    happen(scene);
    scene.tick(THEN + MINUTE);
    expect(scene.signals.map(({ type, severity }) => `${type} ${severity}`).sort()).toEqual(said);
    for (const signal of scene.signals) {
      expect(signal.devices.length).toBeGreaterThan(0);
      for (const words of [signal.summary, signal.usual, signal.remedy]) {
        expect(words).toMatch(/^\S.*[^ ]$/);
      }
      expect(signal.reasons.length).toBeGreaterThan(0);
      expect(signal.evidence.facts.length).toBeGreaterThan(0);
    }
  });

  test('says nothing while it is learned, or what needs no learning', () => {
    const scene = new Scene(ALL, THEN + 10 * DAY);
    scene.usual(START, START + HOUR);
    happen(scene);
    const needsNone = ['cryptomining', 'dns_tunnel'];
    expect(scene.signals.filter(({ type }) => !needsNone.includes(type))).toEqual([]);
  });
});

/** Letters and digits of a fixed order, different for each number. */
function scrambled(number: number, length: number): string {
  let state = number * 2_654_435_761 + 12_345;
  let text = '';
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += 'abcdefghijklmnopqrstuvwxyz234567'.charAt(state >>> 27);
  }
  return text;
}
