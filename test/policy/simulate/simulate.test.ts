import { describe, expect, test } from 'vitest';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type { NewConnection, Verdict } from '../../../src/model/packet-verdict.ts';
import { simulate } from '../../../src/policy/simulate/simulate.ts';
import {
  ANYONE,
  addresses,
  at,
  device,
  IOT,
  LAN,
  packet,
  policy,
  rule,
  WAN,
  zone,
} from './site.ts';

const BULB = '192.168.20.5';
const HUB = '192.168.20.6';
const TV = '192.168.1.7';
const MAC = '02:00:00:00:00:05';

const SITE = policy({
  devices: [
    device('bulb', [BULB, 'fd00:20::5'], { macs: [MAC] }),
    device('hub', [HUB]),
    device('tv', [TV], { trial: true }),
  ],
  guard: [rule('ptl-guard', at('192.168.1.2'), ANYONE, 'tcp/22', { toZone: 'self' })],
  names: [
    {
      id: 'cloud',
      patterns: ['mq.lumen.example', '*.cdn.example'],
      addresses: addresses('203.0.113.9'),
    },
  ],
  egress: [
    rule('no-smb', ANYONE, ANYONE, 'tcp/445', { action: 'reject' }),
    rule('bulb-cloud', at(BULB), { ranges: [], names: ['cloud'], devices: [] }, 'tcp/8883'),
    rule('bulb-hub', at(BULB), at(HUB), 'tcp/80 udp/5683'),
    rule('bulb-ping', at(BULB, 'fd00:20::5'), ANYONE, 'icmp/8 icmpv6/128'),
    rule('bulb-router', at(BULB), ANYONE, 'udp/53', { toZone: 'self' }),
    rule('bulb-out', at(BULB), ANYONE, 'tcp/9000', { toZone: 'wan' }),
    rule('forwarded', ANYONE, ANYONE, 'tcp/80', { fromZone: 'wan', translated: true }),
  ],
  ingress: [
    rule('hub-in', ANYONE, at(HUB), 'tcp/80', { fromZone: 'iot' }),
    rule('lan-web', ANYONE, ANYONE, 'tcp/8080', { fromZone: 'lan', toZone: 'iot' }),
    rule('hub-forward', ANYONE, at(HUB), 'tcp/80', { translated: true }),
  ],
  nat: {
    destination: [
      {
        id: 'web',
        fromZones: ['wan'],
        sources: addresses('198.51.100.0/24'),
        destinations: addresses('203.0.113.1'),
        local: false,
        match: { protocol: 6, destinationPorts: [{ from: 8081, to: 8081 }] },
        toAddress: HUB,
        toPort: 80,
      },
      {
        id: 'dns',
        fromZones: ['iot'],
        sources: addresses('0.0.0.0/0', '::/0'),
        destinations: addresses('0.0.0.0/0', '::/0'),
        local: false,
        match: { protocol: 17, destinationPorts: [{ from: 53, to: 53 }] },
        toPort: 53,
      },
    ],
    source: [],
  },
});

type Case = readonly [string, NewConnection, Verdict, readonly string[]];

const CASES: readonly Case[] = [
  [
    'the guard comes first',
    packet('lan0 192.168.1.2 → 192.168.1.1 tcp/22'),
    'allow',
    ['ptl-guard'],
  ],
  [
    'a name, by its address',
    packet(`iot0 ${BULB} → wan0 203.0.113.9 tcp/8883`),
    'allow',
    ['bulb-cloud'],
  ],
  [
    'a name, as the device knew it',
    packet(`iot0 ${BULB} → wan0 203.0.113.77 tcp/8883`, { name: 'MQ.lumen.example.' }),
    'allow',
    ['bulb-cloud'],
  ],
  [
    'a name below a pattern',
    packet(`iot0 ${BULB} → wan0 203.0.113.77 tcp/8883`, { name: 'e7.cdn.example' }),
    'allow',
    ['bulb-cloud'],
  ],
  [
    'a name that only ends like a pattern',
    packet(`iot0 ${BULB} → wan0 203.0.113.77 tcp/8883`, { name: 'notcdn.example' }),
    'drop',
    [],
  ],
  [
    'no rule: the default of a managed device',
    packet(`iot0 ${BULB} → wan0 203.0.113.8 tcp/8883`),
    'drop',
    [],
  ],
  ['both ends allow', packet(`iot0 ${BULB} → iot0 ${HUB} tcp/80`), 'allow', ['bulb-hub', 'hub-in']],
  ['egress allows, ingress does not', packet(`iot0 ${BULB} → iot0 ${HUB} udp/5683`), 'drop', []],
  [
    'the first rule that matches decides',
    packet(`iot0 ${BULB} → iot0 ${HUB} tcp/445`),
    'reject',
    ['no-smb'],
  ],
  [
    'a rule for all holds for the unmanaged',
    packet('lan0 192.168.1.9 → wan0 203.0.113.8 tcp/445'),
    'reject',
    ['no-smb'],
  ],
  [
    'the unmanaged are left alone',
    packet('lan0 192.168.1.9 → wan0 203.0.113.8 tcp/443'),
    'leave',
    [],
  ],
  ['a type of ICMP', packet(`iot0 ${BULB} → wan0 203.0.113.8 icmp/8`), 'allow', ['bulb-ping']],
  ['another type of ICMP', packet(`iot0 ${BULB} → wan0 203.0.113.8 icmp/13`), 'drop', []],
  ['IPv6', packet('iot0 fd00:20::5 → wan0 2001:db8::1 icmpv6/128'), 'allow', ['bulb-ping']],
  [
    'a zone of the destination',
    packet(`iot0 ${BULB} → wan0 203.0.113.8 tcp/9000`),
    'allow',
    ['bulb-out'],
  ],
  [
    'another zone of the destination',
    packet(`iot0 ${BULB} → lan0 192.168.1.9 tcp/9000`),
    'drop',
    [],
  ],
  [
    'a zone to a zone',
    packet('lan0 192.168.1.9 → iot0 192.168.20.99 tcp/8080'),
    'allow',
    ['lan-web'],
  ],
  ['the router is no device', packet('lan0 192.168.1.9 → 192.168.20.1 tcp/443'), 'leave', []],
  [
    'the address of a device with the MAC of another',
    packet(`iot0 ${BULB} → wan0 203.0.113.9 tcp/8883`, { sourceMac: '02:00:00:00:00:66' }),
    'drop',
    ['ptl-spoof'],
  ],
  [
    'the MAC of a device with an address that is not its own',
    packet('iot0 192.168.20.66 → wan0 203.0.113.9 tcp/8883', { sourceMac: MAC }),
    'drop',
    [],
  ],
  [
    'a device that asks for an address',
    packet('iot0 0.0.0.0 → 255.255.255.255 udp/67', { sourceMac: MAC }),
    'leave',
    [],
  ],
  [
    'a forward opens its own port',
    packet('wan0 198.51.100.7 → 203.0.113.1 tcp/8081'),
    'allow',
    ['forwarded', 'hub-forward'],
  ],
  ['a forward is not for everybody', packet('wan0 192.0.2.7 → 203.0.113.1 tcp/8081'), 'leave', []],
  [
    'a forward opens nothing to whoever comes straight',
    packet(`wan0 198.51.100.7 → iot0 ${HUB} tcp/80`),
    'drop',
    [],
  ],
  [
    'DNS to anybody is taken to the router',
    packet(`iot0 ${BULB} → wan0 9.9.9.9 udp/53`),
    'allow',
    ['bulb-router'],
  ],
];

test.each(CASES)('%s', (_, connection, verdict, rules) => {
  const decision = simulate(SITE, connection);
  expect(decision).toMatchObject({ verdict, rules, wouldBlock: false });
  expect(decision.because).toMatch(/^[A-Z].*\.$/);
});

describe('a device in trial', () => {
  test('passes where its own side denies, and it is said', () => {
    const decision = simulate(SITE, packet(`lan0 ${TV} → wan0 203.0.113.8 tcp/443`));
    expect(decision).toMatchObject({ verdict: 'leave', wouldBlock: true, rules: [] });
    expect(decision.because).toContain('it would be denied, since no egress rule allows it to tv');
  });

  test('does not pass where the other side denies', () => {
    const decision = simulate(SITE, packet(`lan0 ${TV} → iot0 ${HUB} tcp/443`));
    expect(decision).toMatchObject({ verdict: 'drop', wouldBlock: false });
  });

  test('passes where a rule for all denies it', () => {
    const decision = simulate(SITE, packet(`lan0 ${TV} → wan0 203.0.113.8 tcp/445`));
    expect(decision).toMatchObject({ verdict: 'leave', wouldBlock: true, rules: ['no-smb'] });
  });
});

describe('a zone that denies', () => {
  const closed: BoundPolicy = policy({
    zones: [LAN, { ...IOT, denies: true }, WAN],
    refuse: 'reject',
    egress: [rule('ntp', ANYONE, ANYONE, 'udp/123', { fromZone: 'iot' })],
  });

  test.each<[string, string, Verdict]>([
    ['a newcomer may do nothing', 'iot0 192.168.20.77 → wan0 203.0.113.8 tcp/443', 'reject'],
    ['nor with an address from elsewhere', 'iot0 10.9.9.9 → wan0 203.0.113.8 tcp/443', 'reject'],
    ['nobody reaches it', 'lan0 192.168.1.9 → iot0 192.168.20.77 tcp/80', 'reject'],
    ['but for what a rule allows', 'iot0 192.168.20.77 → wan0 203.0.113.8 udp/123', 'allow'],
    ['others are left alone', 'lan0 192.168.1.9 → wan0 203.0.113.8 tcp/443', 'leave'],
  ])('%s', (_, text, verdict) => {
    expect(simulate(closed, packet(text)).verdict).toBe(verdict);
  });
});

test('zones without interfaces are their networks, and the internet what no other is', () => {
  const zones = [zone('cellar', [], ['10.1.0.0/16']), zone('out', [], [], { internet: true })];
  const flat = policy({
    zones,
    egress: [rule('r', ANYONE, ANYONE, 'any', { fromZone: 'cellar', toZone: 'out' })],
  });
  const verdicts = ['10.9.0.1', '10.1.0.2'].map(
    (to) => simulate(flat, packet(`eth0 10.1.0.1 → eth1 ${to} tcp/1`)).verdict,
  );
  expect(verdicts).toEqual(['allow', 'leave']);
});

test('egress has the word where both deny', () => {
  const both = policy({
    egress: [rule('a', ANYONE, ANYONE, 'any', { action: 'reject' })],
    ingress: [rule('b', ANYONE, ANYONE, 'any', { action: 'deny' })],
  });
  const decision = simulate(both, packet('lan0 192.168.1.9 → wan0 203.0.113.8 tcp/443'));
  expect(decision).toMatchObject({ verdict: 'reject', rules: ['a'] });
});

test('a port is asked only of a protocol that has one', () => {
  const odd = policy({
    egress: [
      rule('r', ANYONE, ANYONE, 'any', {
        matches: [{ destinationPorts: [{ from: 80, to: 80 }], types: [8] }],
        action: 'deny',
      }),
    ],
  });
  const verdict = (what: string): Verdict =>
    simulate(odd, packet(`lan0 192.168.1.9 → wan0 203.0.113.8 ${what}`)).verdict;
  expect(['tcp/80', 'tcp/81', '47/0', 'icmp/8', 'icmp/13'].map(verdict)).toEqual([
    'drop',
    'leave',
    'drop',
    'drop',
    'leave',
  ]);
});
