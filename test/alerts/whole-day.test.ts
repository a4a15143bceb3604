import { describe, expect, test } from 'vitest';
import type { Host } from '../detectors/scene.ts';
import { DAY, HOUR, MINUTE, outside, ROUTER, SECOND, START } from '../detectors/scene.ts';
import { Watched } from './watched.ts';

const LEARNED = START + DAY;
const HUB: Mac = { address: '192.168.1.2', mac: 'b8:27:eb:00:00:02' };

type Mac = Host & { readonly mac: string };

/**
 * Forty devices for some days: 20 that wake every 47 minutes or less often, 5 that restart all the
 * time, 15 that always talk, and 10 of all of them get another address each day.
 */
function ordinary(net: Watched, from: number, until: number): void {
  for (let at = from; at < until; at += MINUTE) {
    for (let number = 0; number < 40; number += 1) lives(net, at, number);
    net.tick(at + 30 * SECOND);
  }
}

function lives(net: Watched, at: number, number: number): void {
  const minute = Math.round((at - START) / MINUTE);
  const device = deviceOf(number, Math.floor(minute / 1440));
  if (minute % 1440 === 0 && number % 4 === 0) lease(net, at, device);
  if (number < 20) sleeper(net, at, device, minute, number);
  else if (number < 25) flapper(net, at, device, minute, number);
  else if ((minute + number) % 5 === 0) talks(net, at + number, device, number);
}

function deviceOf(number: number, day: number): Mac {
  const moves = number % 4 === 0;
  const host = moves ? 100 + ((number + 40 * day) % 120) : 10 + number;
  return { address: `192.168.1.${host}`, mac: `24:0a:c4:00:00:${String(number + 10)}` };
}

function lease(net: Watched, at: number, { address, mac }: Mac): void {
  const message = {
    kind: 'dhcp',
    family: 4,
    clientMac: mac,
    resolvers: [],
    hostName: mac,
  } as const;
  net.see({ ...message, at, message: 'request', address, fingerprint: '1,3,6' });
  net.see({
    ...{ ...message, at: at + 5, message: 'ack', address },
    ...{ serverMac: ROUTER.mac, server: ROUTER.address, router: ROUTER.address },
  });
}

function talks(net: Watched, at: number, device: Mac, number: number): void {
  const maker = { name: `api.maker-${number}.example`, sni: `api.maker-${number}.example` };
  net.talk(at, device, outside(number + 1), 443, { ...maker, protocol: 'tls' });
  net.talk(at + 200, HUB, device, 80, { protocol: 'http' });
}

function sleeper(net: Watched, at: number, device: Mac, minute: number, number: number): void {
  if (minute % (47 + number) === 0) talks(net, at + number, device, number);
}

/** Every ten minutes or so it refuses once, and then is there again. */
function flapper(net: Watched, at: number, device: Mac, minute: number, number: number): void {
  const rhythm = number - 11;
  if (minute % rhythm === 1) net.talk(at, HUB, device, 80, { outcome: 'refused', received: 0 });
  else if (minute % rhythm !== 2) talks(net, at + number, device, number);
}

test('a day of forty devices is none; then a new port, a scan and a new peer: just three', () => {
  const net = new Watched(LEARNED);
  ordinary(net, START, LEARNED + DAY);
  expect(net.alerts.map(({ last }) => last.summary)).toEqual([]);
  expect(net.notices).toEqual([]);

  const at = LEARNED + DAY;
  const lamp = deviceOf(27, 2);
  net.talk(at, HUB, lamp, 23, { protocol: 'telnet' });
  ordinary(net, at + MINUTE, at + HOUR);
  for (let port = 1; port <= 100; port += 1) {
    net.talk(at + HOUR + port * 10, deviceOf(30, 2), HUB, 1_000 + port, {
      ...{ outcome: 'refused', sent: 0, received: 0, lasts: 5 },
    });
  }
  ordinary(net, at + HOUR + MINUTE, at + 2 * HOUR);
  net.talk(at + 2 * HOUR, deviceOf(33, 2), lamp, 80, { protocol: 'http' });
  ordinary(net, at + 2 * HOUR + MINUTE, at + 3 * HOUR);
  expect(net.alerts.map(({ last }) => last.type)).toEqual([
    'new_port',
    'port_scan_vertical',
    'policy_violation',
  ]);
  expect(net.notices.map(({ kind }) => kind)).toEqual(['opened', 'opened', 'opened']);
});

describe('everything at once', () => {
  test('a storm of an hour is told in sixty notices at most, and all of it is there to be seen', () => {
    const net = new Watched(START + HOUR);
    for (let number = 0; number < 40; number += 1) talks(net, START, deviceOf(number, 0), number);
    const begin = START + DAY + 2 * HOUR;
    const affected = new Set<string>();
    for (let step = 0; step < 60 * 40; step += 1) {
      const device = deviceOf(step % 40, 0);
      misbehave(net, begin + step * 1_500, device, Math.floor(step / 40));
      affected.add(device.mac);
    }
    net.tick(begin + HOUR);
    const within = net.notices.filter(({ events }) => events.every(({ at }) => at < begin + HOUR));
    expect(within.length).toBeLessThanOrEqual(60);
    const seen = new Set(
      net.alerts.flatMap(({ last, first }) => [...last.devices, ...first.devices]),
    );
    expect([...affected].filter((mac) => !seen.has(mac))).toEqual([]);
    expect(new Set(net.alerts.map(({ last }) => last.type)).size).toBeGreaterThanOrEqual(6);
    // Whatever nobody was told of yet comes with the next digests.
    for (let later = 0; later < 26; later += 1) net.tick(begin + (2 + later) * HOUR);
    const told = new Set(net.notices.flatMap(({ alerts }) => alerts.map(({ id }) => id)));
    const owed = net.alerts.filter(({ id, state }) => state === 'open' && !told.has(id));
    expect(owed.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  /** Each minute another thing, by all devices. */
  function misbehave(net: Watched, at: number, device: Mac, minute: number): void {
    const refused = { outcome: 'refused', sent: 0, received: 0, lasts: 5 } as const;
    const stranger = outside(100 + (minute % 100));
    switch (minute % 6) {
      case 0:
        net.talk(at, device, stranger, 443, {
          name: `c2-${minute}.example`,
          protocol: 'tls',
        });
        break;
      case 1:
        net.talk(at, device, HUB, 2_000 + minute, refused);
        break;
      case 2:
        net.talk(at, HUB, device, 3_000 + minute, { protocol: 'telnet' });
        break;
      case 3:
        net.talk(at, device, deviceOf((minute * 7) % 40, 0), 445, {});
        break;
      case 4:
        net.see({
          ...{ kind: 'login', at, protocol: 'mqtt', outcome: 'refused', clear: true },
          client: { ...device, port: 40_000 },
          server: { ...HUB, port: 1883 },
        });
        break;
      default:
        net.see({
          ...{ kind: 'operation', at, protocol: 'modbus', name: 'write', effect: 'write' },
          ...{
            object: 'coil 1',
            client: { ...device, port: 40_000 },
            server: { ...HUB, port: 502 },
          },
        });
        break;
    }
  }
});
