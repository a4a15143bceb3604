import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { withLab } from '../../lab/lab.ts';
import { lacking } from './need.ts';

const why = lacking('unshare', 'ip', 'mount', 'mosquitto', 'openssl', 'tcpdump', 'nft');
const DEVICES = ['phone', 'thermostat', 'camera', 'nas', 'meter', 'broker'];

test.skipIf(why !== undefined)(
  'in a lab that lives devices talk through the router, on which the product is',
  async () => {
    await withLab({ level: 1, devices: DEVICES, life: { incidentAfter: 1 } }, async (lab) => {
      const { stdout } = await lab.exec(['ip', '-br', 'address', 'show', 'dev', 'br-iot']);
      expect(stdout).toContain('10.77.2.1/24');
      await heard(lab, 'thermostat', '10.77.1.16');
      await heard(lab, 'meter', '10.77.1.15');
      const scan = [
        'sh',
        '-c',
        'timeout 25 tcpdump -lni span0 -c 1 "src 10.77.2.12 and tcp port 23"',
      ];
      expect((await lab.exec(scan)).stdout).toContain('10.77.2.12');
    });
  },
);

/** Until the device logged a connection from that address, which is in another zone. */
async function heard(lab: Lab, device: string, from: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (lab.events(device).some((event) => event.from?.includes(from))) return;
    await sleep(200);
  }
  throw new Error(`${device} heard nothing from ${from}: ${JSON.stringify(lab.events(device))}`);
}
