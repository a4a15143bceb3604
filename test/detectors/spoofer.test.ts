import { expect, test } from 'vitest';
import { arpSpoof } from '../../src/detectors/arp-spoof.ts';
import type { Host } from './scene.ts';
import { HUB, LAMP, ROUTER, Scene, SECOND, START } from './scene.ts';

const THEN = START + 30 * SECOND;

/** Router and lamp are there, and the hub claims their addresses in this order. */
function spoofed(...claimed: readonly Host[]): Scene {
  const scene = new Scene([arpSpoof]);
  const claims = (at: number, { address }: Host, mac: string): void =>
    scene.see({ kind: 'binding', at, mac, address, via: 'asked' });
  scene.see({
    ...{ kind: 'dhcp', at: START, family: 4, message: 'ack', clientMac: LAMP.mac },
    ...{ serverMac: ROUTER.mac, server: ROUTER.address, router: ROUTER.address },
    ...{ address: LAMP.address, resolvers: [] },
  });
  claims(START + SECOND, ROUTER, ROUTER.mac);
  claims(START + SECOND, LAMP, LAMP.mac);
  scene.talk(START + 2 * SECOND, LAMP, { address: '203.0.113.1', mac: ROUTER.mac }, 443);
  for (const [index, victim] of claimed.entries()) claims(THEN + index * SECOND, victim, HUB.mac);
  return scene;
}

test('whose address a spoofer takes beside the router’s is named by the same alert', () => {
  const { signals } = spoofed(ROUTER, LAMP);
  expect(new Set(signals.map(({ key }) => key)).size).toBe(1);
  expect(signals.map(({ devices, severity }) => [devices, severity])).toEqual([
    [[HUB.mac, ROUTER.mac], 'critical'],
    [[HUB.mac, ROUTER.mac, LAMP.mac], 'critical'],
  ]);
  expect(signals[1]?.summary).toBe(signals[0]?.summary);
});

test('who takes the router’s address at last is worse than he was', () => {
  const { signals } = spoofed(LAMP, ROUTER);
  expect(signals.map(({ type, severity }) => `${type} ${severity}`)).toEqual([
    'mac_conflict high',
    'arp_spoof critical',
  ]);
});
