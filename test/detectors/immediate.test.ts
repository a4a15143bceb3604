import { describe, expect, test } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { Observation } from '../../src/model/observation.ts';
import type { Host } from './scene.ts';
import { HOUR, HUB, LAMP, MINUTE, outside, ROUTER, Scene, SECOND, START, STORE } from './scene.ts';

/** What is said without any learning; each case is one network of its own. */
describe('what needs no learning', () => {
  test.each<[string, readonly string[], (scene: Scene) => void]>([
    [
      'eight closed ports of one device are a scan',
      ['port_scan_vertical'],
      (scene) => repeat(8, (n) => scene.talk(at(n), LAMP, STORE, 1000 + n, REFUSED)),
    ],
    [
      'so they are at five minutes a port',
      ['port_scan_vertical'],
      (scene) => repeat(10, (n) => scene.talk(at(300 * n), LAMP, STORE, 1000 + n, REFUSED)),
    ],
    [
      'seven are none',
      [],
      (scene) => repeat(7, (n) => scene.talk(at(n), LAMP, STORE, 1000 + n, REFUSED)),
    ],
    [
      'nor are many that answer',
      [],
      (scene) => repeat(40, (n) => scene.talk(at(n), LAMP, STORE, 1000 + n)),
    ],
    [
      'one port of eight devices that refuse it',
      ['port_scan_horizontal'],
      (scene) => repeat(9, (n) => scene.talk(at(60 * n), LAMP, neighbour(n), 445, REFUSED)),
    ],
    [
      'addresses that nobody has, one after another',
      ['host_sweep'],
      (scene) => repeat(14, (n) => scene.see(asks(at(n), LAMP, `192.168.1.${100 + n}`))),
    ],
    [
      'devices that are asked for and answer',
      [],
      (scene) =>
        repeat(30, (n) => {
          scene.see(asks(at(n), LAMP, `192.168.1.${100 + n}`));
          scene.see(has(at(n) + 5, neighbour(n), 'asked'));
        }),
    ],
    [
      'five wrong passwords in a minute',
      ['brute_force'],
      (scene) => repeat(5, (n) => scene.see(login(at(5 * n), LAMP, HUB, 'refused'))),
    ],
    [
      'ten in five hours',
      ['brute_force'],
      (scene) => repeat(10, (n) => scene.see(login(at(1800 * n), LAMP, HUB, 'refused'))),
    ],
    [
      'two typing errors, and then the right one',
      [],
      (scene) => {
        for (const n of [0, 1]) scene.see(login(at(n), LAMP, HUB, 'refused'));
        scene.see(login(at(9), LAMP, HUB, 'accepted'));
      },
    ],
    [
      'Telnet at three neighbours',
      ['malware_propagation'],
      (scene) => repeat(3, (n) => scene.talk(at(60 * n), LAMP, neighbour(n), 23, REFUSED)),
    ],
    [
      'a thousand packets that nobody answers',
      ['ddos_source'],
      (scene) => scene.see(progress(at(0), LAMP, outside(7), { sent: 1_000, received: 0 })),
    ],
    [
      'as many that are answered',
      [],
      (scene) => scene.see(progress(at(0), LAMP, outside(7), { sent: 1_000, received: 900 })),
    ],
    [
      'a second device claims the address of one that is there',
      ['mac_conflict'],
      (scene) => {
        scene.see(has(at(0), STORE, 'asked'));
        scene.see(has(at(5), { ...STORE, mac: LAMP.mac }, 'asked'));
      },
    ],
    [
      'an address goes to the next one after its owner went silent',
      [],
      (scene) => {
        scene.see(has(at(0), STORE, 'asked'));
        scene.see(has(at(3600), { ...STORE, mac: LAMP.mac }, 'asked'));
      },
    ],
    [
      'a second server of DHCP that names itself as the router',
      ['rogue_dhcp'],
      (scene) => {
        scene.see(offer(at(0), ROUTER));
        scene.see(offer(at(60), STORE));
      },
    ],
    [
      'a second router of IPv6',
      ['rogue_ra'],
      (scene) => {
        scene.see(advertisement(at(0), ROUTER.mac, 'fe80::1', 1800));
        scene.see(advertisement(at(9), LAMP.mac, 'fe80::9', 1800));
      },
    ],
    [
      'a border router that is no default router',
      [],
      (scene) => {
        scene.see(advertisement(at(0), ROUTER.mac, 'fe80::1', 1800));
        scene.see(advertisement(at(9), LAMP.mac, 'fe80::9', 0));
      },
    ],
    [
      'a password in the clear, however often',
      ['plaintext_credentials'],
      (scene) => repeat(9, (n) => scene.see(login(at(n), LAMP, HUB, 'accepted', true))),
    ],
    [
      'a device has the router open its Telnet',
      ['upnp_portmap'],
      (scene) => scene.see(mapping(at(0), LAMP, 23)),
    ],
    [
      'another answers than was asked of it by ping',
      ['icmp_tunnel'],
      (scene) => pings(scene, 40, 64, 900),
    ],
    ['pings, all day', [], (scene) => pings(scene, 2_000, 56, 56)],
  ])('%s', (_, expected, happens) => {
    const scene = new Scene(immediate, START + HOUR * 1_000);
    happens(scene);
    scene.tick(START + 500 * HOUR);
    expect(scene.signals.map(({ type }) => type)).toEqual(expected);
  });
});

describe('who may write to a controller is learned', () => {
  test.each<[string, number, Effect, readonly string[]]>([
    ['who wrote before may write', 0, 'write', []],
    ['another may not', 1, 'write', ['ot_write']],
    ['to stop is not to write', 0, 'stop', ['ot_write']],
  ])('%s', (_, client, effect, expected) => {
    const scene = new Scene(
      detectors.all.filter(({ id }) => id === 'ot_write'),
      START + HOUR,
    );
    scene.see(operation(START, HUB, 'write'));
    scene.see(operation(START + 2 * HOUR, [HUB, LAMP][client] ?? HUB, effect));
    expect(scene.signals.map(({ type }) => type)).toEqual(expected);
  });
});

describe('what two agree on is compared with before', () => {
  const GOOD = { fingerprint: 'a', issuer: 'CA', subject: 'api.lamp.example', bits: 2048 };
  const LIFE = { selfSigned: false, notBefore: START - HOUR, notAfter: START + 9_000 * HOUR };
  test.each<[string, Partial<Handshake>, readonly string[]]>([
    ['the same again', {}, []],
    ['an older version', { version: 'TLSv1.0' }, ['tls_weak']],
    ['a cipher that can be broken', { cipher: 'TLS_RSA_WITH_RC4_128_SHA' }, ['tls_weak']],
    [
      'a certificate that vouches for itself',
      { certificate: { ...GOOD, ...LIFE, fingerprint: 'b', selfSigned: true } },
      ['cert_invalid'],
    ],
    [
      'a certificate that has run out',
      { certificate: { ...GOOD, ...LIFE, fingerprint: 'b', notAfter: START } },
      ['cert_invalid'],
    ],
    ['one that was renewed', { certificate: { ...GOOD, ...LIFE, fingerprint: 'b' } }, []],
  ])('%s', (_, change, expected) => {
    const scene = new Scene(detectors.all.filter(({ id }) => id === 'tls_change'));
    const seen: Handshake = {
      kind: 'handshake',
      at: START,
      client: { ...LAMP, port: 40_000 },
      server: { ...outside(1), port: 443 },
      version: 'TLSv1.2',
      cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      sni: 'api.lamp.example',
      certificate: { ...GOOD, ...LIFE },
    };
    scene.see(seen);
    scene.see({ ...seen, at: START + HOUR, ...change });
    expect(scene.signals.map(({ type }) => type)).toEqual(expected);
  });
});

const IMMEDIATE: readonly string[] = [
  ...['port_scan', 'host_sweep', 'login_guessing', 'malware_propagation', 'ddos', 'arp_spoof'],
  ...['rogue_dhcp', 'rogue_ra', 'plaintext_credentials', 'upnp_portmap', 'icmp_tunnel'],
];
const immediate = detectors.all.filter(({ id }) => IMMEDIATE.includes(id));
const REFUSED = { outcome: 'refused', received: 0, sent: 0, lasts: 5 } as const;

type Handshake = Extract<Observation, { kind: 'handshake' }>;
type Effect = Extract<Observation, { kind: 'operation' }>['effect'];

function at(seconds: number): number {
  return START + seconds * SECOND;
}

function repeat(times: number, act: (index: number) => void): void {
  for (let index = 0; index < times; index += 1) act(index);
}

function neighbour(number: number): Host & { mac: string } {
  return { address: `192.168.1.${100 + number}`, mac: `00:16:3e:00:00:${String(number + 10)}` };
}

function asks(when: number, who: Host & { mac: string }, target: string): Observation {
  return { kind: 'binding', at: when, mac: who.mac, address: who.address, via: 'asking', target };
}

function has(when: number, who: Host & { mac: string }, via: 'asked' | 'unasked'): Observation {
  return { kind: 'binding', at: when, mac: who.mac, address: who.address, via };
}

function login(
  when: number,
  client: Host,
  server: Host,
  outcome: 'refused' | 'accepted',
  clear = false,
): Observation {
  const ends = { client: { ...client, port: 40_000 }, server: { ...server, port: 1883 } };
  return { kind: 'login', at: when, ...ends, protocol: 'mqtt', outcome, clear };
}

function operation(when: number, client: Host, effect: Effect): Observation {
  return {
    kind: 'operation',
    at: when,
    client: { ...client, port: 40_000 },
    server: { ...STORE, port: 502 },
    protocol: 'modbus',
    name: 'write single coil',
    effect,
    object: 'coil 1',
  };
}

function progress(
  when: number,
  from: Host,
  to: Host,
  packets: { readonly sent: number; readonly received: number },
): Observation {
  return {
    kind: 'progress',
    at: when,
    flow: 1,
    source: { ...from, port: 40_000 },
    destination: { ...to, port: 80 },
    ipProtocol: 17,
    sent: { packets: packets.sent, bytes: packets.sent * 500 },
    received: { packets: packets.received, bytes: packets.received * 500 },
    protocol: 'unknown',
  };
}

function offer(when: number, server: Host & { mac: string }): Observation {
  return {
    kind: 'dhcp',
    at: when,
    family: 4,
    message: 'offer',
    clientMac: LAMP.mac,
    serverMac: server.mac,
    server: server.address,
    router: server.address,
    resolvers: [server.address],
  };
}

function advertisement(when: number, mac: string, address: string, lifetime: number): Observation {
  return { kind: 'router-advertisement', at: when, mac, address, prefixes: [], lifetime };
}

function mapping(when: number, client: Host, insidePort: number): Observation {
  return {
    kind: 'mapping',
    at: when,
    client: { ...client, port: 40_000 },
    router: { ...ROUTER, port: 5000 },
    via: 'upnp-igd',
    transport: 'tcp',
    outsidePort: 50_023,
    insideAddress: client.address,
    insidePort,
  };
}

function pings(scene: Scene, count: number, asked: number, answered: number): void {
  const ends = {
    flow: 1,
    source: { ...LAMP, port: 0 },
    destination: { ...outside(3), port: 0 },
    ipProtocol: 1,
  };
  const state = { midway: false, group: false, octets: asked, stateless: false, icmpType: 8 };
  scene.see({ kind: 'opened', at: START, ...ends, ...state });
  for (let minute = 0; minute * 10 < count; minute += 1) {
    scene.see({
      kind: 'progress',
      at: START + minute * MINUTE,
      ...ends,
      sent: { packets: 10, bytes: 10 * asked },
      received: { packets: 10, bytes: 10 * answered },
      protocol: 'unknown',
    });
  }
}
