import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Host } from './scene.ts';
import { DAY, HOUR, HUB, LAMP, MINUTE, outside, Scene, SECOND, START, STORE } from './scene.ts';

/** Of one detector alone. */
function sceneOf(id: string): Scene {
  return new Scene(
    detectors.all.filter((one) => one.id === id),
    START + HOUR,
  );
}

function typesOf({ signals }: Scene): readonly string[] {
  return signals.map(({ type }) => type);
}

describe('repeated access', () => {
  const REFUSED = { outcome: 'refused', received: 0, sent: 0, lasts: 5 } as const;
  test.each<[string, readonly string[], (scene: Scene) => void]>([
    [
      'sixty refusals in ten minutes',
      ['repeated_access'],
      (scene) => knock(scene, 60, 9 * SECOND, REFUSED),
    ],
    ['fifty-nine', [], (scene) => knock(scene, 59, 9 * SECOND, REFUSED)],
    ['two hundred over a day', ['repeated_access'], (scene) => knock(scene, 200, 7 * MINUTE)],
    [
      'two hundred of a client whose server was moved',
      [],
      (scene) => {
        scene.talk(START, LAMP, STORE, 8080);
        knock(scene, 200, 9 * SECOND, REFUSED);
      },
    ],
    [
      'handshakes without a word let nobody in, and are no refusals either',
      ['repeated_access'],
      (scene) => {
        scene.talk(START, LAMP, STORE, 8080, { received: 0 });
        knock(scene, 60, 9 * SECOND, REFUSED);
      },
    ],
  ])('%s', (_, expected, happens) => {
    const scene = sceneOf('repeated_access');
    happens(scene);
    expect(typesOf(scene)).toEqual(expected);
    for (const { devices, port, evidence } of scene.signals) {
      expect([...devices, port]).toEqual([LAMP.mac, STORE.mac, 8080]);
      expect(evidence.flows).toHaveLength(1);
    }
  });

  function knock(scene: Scene, times: number, every: number, talk: object = { outcome: 'silent' }) {
    for (let n = 1; n <= times; n += 1) scene.talk(START + n * every, LAMP, STORE, 8080, talk);
  }
});

describe('another device with the same MAC', () => {
  const asks = (
    at: number,
    hostName: string,
    fingerprint: string,
    mac = LAMP.mac,
  ): Observation => ({
    ...{ kind: 'dhcp', at, family: 4, message: 'request', clientMac: mac, resolvers: [] },
    ...{ hostName, fingerprint },
  });
  test.each<[string, readonly string[], readonly Observation[]]>([
    [
      'calls itself otherwise and asks as another system does',
      ['mac_change'],
      [asks(START, 'lamp', '1,3,6'), asks(START + HOUR, 'kali', '1,2,6,12,15')],
    ],
    [
      'is told once a day',
      ['mac_change', 'mac_change'],
      [
        asks(START, 'lamp', '1,3,6'),
        asks(START + HOUR, 'kali', '1,2,6,12,15'),
        asks(START + 2 * HOUR, 'kali', '1,2,6,12,15'),
        asks(START + 2 * DAY, 'kali', '1,2,6,12,15'),
      ],
    ],
    [
      'is none where only the firmware is new',
      [],
      [asks(START, 'lamp', '1,3,6'), asks(START + HOUR, 'lamp', '1,3,6,42')],
    ],
    [
      'is none where only the name was changed',
      [],
      [asks(START, 'lamp', '1,3,6'), asks(START + HOUR, 'kitchen', '1,3,6')],
    ],
    [
      'is not told of a telephone that draws its MAC',
      [],
      [
        asks(START, 'phone', '1,3,6', '9a:41:0e:27:43:45'),
        asks(START + HOUR, 'tablet', '1,121', '9a:41:0e:27:43:45'),
      ],
    ],
  ])('%s', (_, expected, observations) => {
    const scene = sceneOf('mac_change');
    for (const observation of observations) scene.see(observation);
    expect(typesOf(scene)).toEqual(expected);
  });
});

describe('reflection', () => {
  test.each<[string, number, number, number, readonly string[]]>([
    ['small questions from outside, large answers', 1900, 60, 600, ['reflection']],
    ['answers that are no larger than questions', 1900, 600, 600, []],
    ['a port that serves nobody outside', 40_000, 60, 600, []],
    ['few of them', 1900, 60, 30, []],
  ])('%s', (_, port, asked, packets, expected) => {
    const scene = sceneOf('ddos');
    scene.see({
      ...{ kind: 'progress', at: START, flow: 1, ipProtocol: 17, protocol: 'ssdp' },
      source: { ...outside(9), port: 80 },
      destination: { ...LAMP, port },
      sent: { packets, bytes: packets * asked },
      received: { packets, bytes: packets * 1_000 },
    });
    expect(typesOf(scene)).toEqual(expected);
    for (const { devices, peer } of scene.signals) {
      expect([...devices, peer]).toEqual([LAMP.mac, '203.0.113.9']);
    }
  });

  test('a neighbour that asks much is no stranger', () => {
    const scene = sceneOf('ddos');
    const moved = (bytes: number) => ({ packets: 600, bytes });
    scene.see({
      ...{ kind: 'progress', at: START, flow: 1, ipProtocol: 17, protocol: 'ssdp' },
      source: { ...HUB, port: 80 },
      destination: { ...LAMP, port: 1900 },
      ...{ sent: moved(36_000), received: moved(600_000) },
    });
    expect(typesOf(scene)).toEqual([]);
  });
});

describe('somebody in the middle', () => {
  const OWN = { issuer: 'CA', bits: 2048, selfSigned: false };
  const LIFE = { notBefore: START - DAY, notAfter: START + 300 * DAY };
  const shake = (
    at: number,
    sni: string,
    issuer: string,
    notAfter = LIFE.notAfter,
  ): Observation => ({
    ...{ kind: 'handshake', at, version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', sni },
    client: { ...LAMP, port: 40_000 },
    server: { ...outside(1), port: 443 },
    certificate: {
      ...{ ...OWN, ...LIFE, notAfter, issuer, subject: sni, fingerprint: `${sni} ${issuer}` },
    },
  });
  const SITES = ['api.lamp.example', 'time.lamp.example', 'log.lamp.example'];
  test.each<[string, readonly string[], number, string, number | undefined]>([
    [
      'two servers are suddenly vouched for by one stranger',
      ['mitm', 'mitm'],
      3,
      'Proxy',
      undefined,
    ],
    ['one server has another issuer', [], 1, 'Proxy', undefined],
    ['all have the one they had', [], 3, 'CA', undefined],
    ['they change when they run out', [], 3, 'Other CA', START + 2 * DAY],
  ])('%s', (_, expected, changed, issuer, ends) => {
    const scene = sceneOf('tls_change');
    for (const site of SITES) scene.see(shake(START, site, 'CA', ends));
    for (const site of SITES.slice(0, changed)) scene.see(shake(START + HOUR, site, issuer));
    expect(typesOf(scene)).toEqual(expected);
    for (const { severity, devices } of scene.signals) {
      expect([severity, ...devices]).toEqual(['critical', LAMP.mac]);
    }
  });
});

describe('who writes to a controller, by whatever it speaks', () => {
  test.each<[string, string, 'write' | 'stop' | 'program' | 'read', readonly string[]]>([
    ['a property of BACnet', 'bacnet', 'write', ['ot_write']],
    ['a reset by EtherNet/IP', 'enip', 'stop', ['ot_write']],
    ['a tag by EtherNet/IP', 'enip', 'write', ['ot_write']],
    ['a node of OPC UA', 'opcua', 'write', ['ot_write']],
    ['nodes that are added to OPC UA', 'opcua', 'program', ['ot_write']],
    ['what is read', 'bacnet', 'read', []],
  ])('%s', (_, protocol, effect, expected) => {
    const scene = sceneOf('ot_write');
    const operation = (at: number, client: Host, what: typeof effect): Observation => ({
      ...{ kind: 'operation', at, protocol, name: 'write', effect: what, object: 'object 2:5' },
      client: { ...client, port: 47_808 },
      server: { ...STORE, port: 47_808 },
    });
    scene.see(operation(START, HUB, 'read'));
    scene.see(operation(START + 2 * HOUR, LAMP, effect));
    scene.see(operation(START + 3 * HOUR, LAMP, effect));
    expect(typesOf(scene)).toEqual(expected);
  });
});
