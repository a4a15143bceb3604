import { expect, test } from 'vitest';
import { refusal } from '../../../src/io/apply/permitted.ts';
import { deletion, trackedIn } from '../../../src/io/apply/revoke.ts';

test.each([
  [
    'TCP, as conntrack 1.4.7 prints it',
    'tcp      6 431999 ESTABLISHED src=192.168.20.5 dst=203.0.113.7 sport=50443 dport=443 src=203.0.113.7 dst=203.0.113.1 sport=443 dport=50443 [ASSURED] mark=0 use=1',
    {
      family: 4,
      protocol: 6,
      source: '192.168.20.5',
      destination: '203.0.113.7',
      sourcePort: 50_443,
      destinationPort: 443,
    },
  ],
  [
    'UDP without an answer',
    'udp      17 29 src=192.168.20.5 dst=192.168.20.1 sport=5353 dport=53 [UNREPLIED] src=192.168.20.1 dst=192.168.20.5 sport=53 dport=5353 mark=0 use=1',
    {
      family: 4,
      protocol: 17,
      source: '192.168.20.5',
      destination: '192.168.20.1',
      sourcePort: 5353,
      destinationPort: 53,
    },
  ],
  [
    'ICMP, which has no ports',
    'icmp     1 29 src=192.168.20.5 dst=203.0.113.7 type=8 code=0 id=7 src=203.0.113.7 dst=192.168.20.5 type=0 code=0 id=7 mark=0 use=1',
    { family: 4, protocol: 1, source: '192.168.20.5', destination: '203.0.113.7' },
  ],
] as const)('%s', (_, line, expected) => {
  const tracked = trackedIn(`${line}\nconntrack v1.4.7 (conntrack-tools): 1 flow entries\n`, 4);
  expect(tracked).toEqual([expected]);
  // What is ended is one connection, and the helper lets that through.
  expect(tracked.map((one) => refusal(deletion(one), '', '/x'))).toEqual([undefined]);
});
