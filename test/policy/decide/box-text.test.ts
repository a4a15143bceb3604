import { expect, test } from 'vitest';
import { boxText } from '../../../src/policy/decide/box-text.ts';
import type { Box } from '../../../src/policy/decide/boxes.ts';
import { addresses, device, policy } from '../simulate/site.ts';

const SITE = policy({ devices: [device('bulb', ['192.168.20.5', 'fd00:20::5'])] });
const BULB = addresses('192.168.20.5');

test.each<[string, Box, string]>([
  ['everything', {}, 'any → any any'],
  [
    'a device to the internet',
    {
      sources: BULB,
      inputs: ['iot0'],
      outputs: ['wan0'],
      protocols: [6],
      destinationPorts: [{ from: 443, to: 443 }],
    },
    'BULB → wan tcp/443',
  ],
  [
    'a network behind a zone',
    {
      sources: addresses('10.0.0.0/8'),
      inputs: ['lan0'],
      outputs: ['self'],
      protocols: [1],
      types: [8],
    },
    '10.0.0.0/8 (lan) → the router icmp/8',
  ],
  [
    'an interface of no zone',
    { inputs: ['tun7', '*'], protocols: [17], sourcePorts: [{ from: 0, to: 1023 }] },
    'tun7, other interfaces → any udp from port 0-1023',
  ],
  [
    'a DNS name',
    { sources: BULB, destinations: [], destinationNames: ['*.cdn.example'], protocols: [47] },
    'BULB → *.cdn.example protocol 47',
  ],
  [
    'nearly every protocol',
    { protocols: Array.from({ length: 256 }, (_, each) => each).filter((each) => each !== 6) },
    'any → any any but tcp',
  ],
  [
    'many networks',
    { destinations: addresses('10.0.0.1', '10.0.0.3', '10.0.0.5', '10.0.0.7', 'fd00::1') },
    'any → 10.0.0.1, 10.0.0.3, 10.0.0.5 and 2 more any',
  ],
  [
    'what a forward brought',
    { destinations: BULB, translated: true },
    'any → BULB any (by port forward)',
  ],
])('%s', (_, box, expected) => {
  expect(boxText(box, SITE)).toBe(expected);
});
