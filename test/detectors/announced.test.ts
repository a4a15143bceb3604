import { expect, test } from 'vitest';
import { newPort } from '../../src/detectors/new-port.ts';
import { documentedFor } from '../../src/knowledge/announced.ts';
import { DAY, HOUR, LAMP, MINUTE, OTHER_LAMP, Scene, SECOND, START, STORE } from './scene.ts';

/** Learned for two days; the lamp is known from its first minute. */
const LEARNED = START + 2 * DAY;
const THEN = LEARNED + HOUR;

function announce(scene: Scene, at: number, service: string, port: number, of = LAMP): void {
  const transport = service.endsWith('_udp') ? 'udp' : 'tcp';
  scene.see({ kind: 'announced', at, device: of, transport, port, service });
}

const PHONE = { address: '192.168.1.50', mac: '9a:41:0e:00:00:01' };
const EVERYBODY = { address: '239.255.255.250', mac: '01:00:5e:7f:ff:fa' };

/** Asks everybody who is there, and then the lamp. */
function visit(scene: Scene, from: typeof PHONE, after: number, port: number): void {
  for (let site = 0; site < 30; site += 1)
    scene.lookup(START + site, PHONE, `www.site${site}.test`);
  scene.talk(START + MINUTE, from, STORE, 445);
  scene.see({
    ...{ kind: 'opened', at: THEN, flow: 999_999, ipProtocol: 17, midway: false, group: true },
    ...{ octets: 100, stateless: false },
    source: { ...from, port: 50_123 },
    destination: { ...EVERYBODY, port: 1900 },
  });
  scene.talk(THEN + after, from, LAMP, port);
}

const SAID: Parameters<typeof announce>[2] = '_ipp._tcp';

test.each<[string, (scene: Scene) => void, readonly string[]]>([
  [
    'a service that was announced while it was learned, used today for the first time',
    (scene) => {
      announce(scene, START + HOUR, SAID, 631);
      scene.talk(THEN, STORE, LAMP, 631);
    },
    ['new_port info: it has announced this service all along'],
  ],
  [
    'the same of a shell is told, and no more than that',
    (scene) => {
      announce(scene, START + HOUR, '_ssh._tcp', 22);
      scene.talk(THEN, STORE, LAMP, 22);
    },
    ['new_port low: the port of a shell, which it has announced all along'],
  ],
  [
    'a service that is announced anew, again and again, and then used',
    (scene) => {
      announce(scene, THEN, '_http._tcp', 8080);
      announce(scene, THEN + MINUTE, '_http._tcp', 8080);
      scene.talk(THEN + HOUR, STORE, LAMP, 8080);
    },
    [
      'new_port low: a service that it did not announce before',
      'new_port medium: a service that was not there before',
    ],
  ],
  [
    'a shell that is announced anew',
    (scene) => announce(scene, THEN, '_telnet._tcp', 23),
    ['new_port medium: it offers a shell'],
  ],
  [
    'a service that moves to another port with a restart',
    (scene) => {
      announce(scene, START + HOUR, '_hap._tcp', 51_826);
      announce(scene, THEN, '_hap._tcp', 51_900);
    },
    ['new_port info: a service that it announced at another port before'],
  ],
  [
    'a service that is used and is announced only now',
    (scene) => {
      scene.talk(START + HOUR, STORE, LAMP, 80);
      announce(scene, THEN, '_http._tcp', 80);
    },
    [],
  ],
  [
    'another port that is documented for what it announces to be',
    (scene) => {
      announce(scene, START + HOUR, SAID, 631);
      scene.talk(THEN, STORE, LAMP, 9100);
    },
    ['new_port info: a port that is documented for what it announces to be: Network printer'],
  ],
  [
    'a port that is documented, but not needed by anybody',
    (scene) => {
      announce(scene, START + HOUR, SAID, 631);
      scene.talk(THEN, STORE, LAMP, 23);
    },
    ['new_port high: the port of a shell'],
  ],
  [
    'a documented port of what it only now announces to be',
    (scene) => {
      announce(scene, THEN - MINUTE, SAID, 631);
      scene.talk(THEN, STORE, LAMP, 9100);
    },
    [
      'new_port low: a service that it did not announce before',
      'new_port medium: a service that was not there before',
    ],
  ],
  [
    'a page that an app on a telephone visits, just after it looked for its devices',
    (scene) => visit(scene, PHONE, 2 * SECOND, 80),
    ['new_port info: asked by an app that had just looked for its devices'],
  ],
  [
    'the same a minute after it looked',
    (scene) => visit(scene, PHONE, MINUTE, 80),
    ['new_port medium: a service that was not there before'],
  ],
  [
    'the same by something that no person uses',
    (scene) => visit(scene, OTHER_LAMP, 2 * SECOND, 80),
    ['new_port medium: a service that was not there before'],
  ],
  [
    'a shell that such an app visits',
    (scene) => visit(scene, PHONE, 2 * SECOND, 23),
    ['new_port high: the port of a shell'],
  ],
  [
    'what another device announced excuses nothing',
    (scene) => {
      announce(scene, START + HOUR, SAID, 631, OTHER_LAMP);
      scene.talk(THEN, STORE, LAMP, 631);
    },
    ['new_port medium: a service that was not there before'],
  ],
  [
    'a flood of announcements is one alert more, and a new port is still told',
    (scene) => {
      for (let port = 1; port <= 100; port += 1)
        announce(scene, THEN + port, `_x${port}._tcp`, port + 7000);
      scene.talk(THEN + 2 * HOUR, STORE, LAMP, 8899);
    },
    [
      ...Array.from({ length: 6 }, () => 'new_port low: a service that it did not announce before'),
      'new_port medium: a service that was not there before',
    ],
  ],
])('%s', (_, act, expected) => {
  const scene = new Scene([newPort], LEARNED, { documented: documentedFor });
  scene.talk(START, LAMP, STORE, 445);
  act(scene);
  expect(
    scene.signals.map(({ type, severity, reasons }) => `${type} ${severity}: ${reasons.join()}`),
  ).toEqual(expected);
});

test.each<[string, string, 'tcp' | 'udp', number, string | undefined]>([
  ['a printer prints', '_ipp._tcp', 'tcp', 9100, 'Network printer'],
  ['a printer is asked for its supplies', '_ipp._tcp', 'udp', 161, 'Network printer'],
  ['nobody needs its telnet', '_ipp._tcp', 'tcp', 23, undefined],
  [
    'a cast device shows its state',
    '_googlecast._tcp',
    'tcp',
    8008,
    'Google Cast device (Chromecast, Nest speaker)',
  ],
  ['nothing is documented of what all announce', '_http._tcp', 'tcp', 80, undefined],
])('%s', (_, service, transport, port, expected) => {
  expect(documentedFor(service, transport, port)).toBe(expected);
});
