import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/base/address.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import type { BindContext } from '../../src/policy/bind-context.ts';
import { candidates, connectionService, parsePacket } from '../../src/policy/packet-text.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { runPolicyTests } from '../../src/policy/run-tests.ts';

const CONTEXT: BindContext = {
  devices: [
    { id: 'PTL-D-7F3K', addresses: ['192.168.20.11'], macs: ['02:00:00:00:00:0b'] },
    { id: 'PTL-D-ELSE', addresses: ['192.168.1.40', 'fd00:1::40'], macs: [] },
  ],
  resolved: (name) => (name === 'mq.example' ? { addresses: ['203.0.113.9'], at: 0 } : undefined),
  localNetworks: [],
  resolvers: [],
  ntpServers: [],
  now: 0,
};

const TEXT = `
zones:
  iot: { interfaces: br-iot, networks: [192.168.20.0/24], default: deny }
  lan: { interfaces: br-lan, networks: [192.168.1.0/24, fd00:1::/64] }
  wan: { internet: true }
endpoints:
  bulb: { device: 7F3K, state: trial }
  hall lamp: { networks: 192.168.20.12 }
  cloud: { names: mq.example }
  later: { names: later.example }
  both: { members: [bulb, hall lamp] }
services: { own: [tcp/7000-7010, udp/7000] }
rules:
  - { id: mq, from: both, to: cloud, service: mqtts, action: allow }
  - { id: web, from: zone:lan, to: both, service: tcp/80, action: allow }
  - { id: sink, from: 'hall lamp', to: any, service: any, action: reject }
`;

const { policy } = readPolicy(TEXT, 'p.yaml');
const { bound } = bindPolicy(policy, CONTEXT);

function asked(text: string): string[] {
  const question = parsePacket(text, policy, CONTEXT);
  return candidates(question, policy, bound, CONTEXT).map((one) => {
    const { source, destination, sourcePort, inInterface, outInterface = 'self', name } = one;
    const from = `${inInterface} ${formatAddress(source)}:${sourcePort ?? ''}`;
    const target = `${outInterface} ${formatAddress(destination)}`;
    return `${from} > ${target}${name === undefined ? '' : ` ${name}`} ${connectionService(one)}`;
  });
}

describe('what a question stands for', () => {
  test.each([
    [
      'a name that resolves, by id',
      '7f3k→cloud tcp/8883',
      ['br-iot 192.168.20.11:49152 > other0 203.0.113.9 mq.example tcp/8883'],
    ],
    [
      'a source port, and a port for TCP',
      '192.168.20.11:8443->198.51.100.7:443',
      ['br-iot 192.168.20.11:8443 > other0 198.51.100.7 tcp/443'],
    ],
    [
      'a name with blanks, to the router',
      'hall lamp to self dns',
      [
        'br-iot 192.168.20.12:49152 > self 192.168.20.12 udp/53',
        'br-iot 192.168.20.12:49152 > self 192.168.20.12 tcp/53',
      ],
    ],
    [
      'a name that never resolved: an example',
      'bulb => later tcp/1',
      ['br-iot 192.168.20.11:49152 > other0 198.51.100.7 later.example tcp/1'],
    ],
    [
      'IPv6, with a port',
      '[fd00:1::40]:9→any udp/53',
      [
        'br-lan fd00:1::40:9 > other0 2001:db8::7 udp/53',
        'br-lan fd00:1::40:9 > br-lan fd00:1::1 udp/53',
      ],
    ],
    [
      'a device that no endpoint names, in its first address',
      'ptl-d-else→bulb tcp/80',
      ['br-lan 192.168.1.40:49152 > br-iot 192.168.20.11 tcp/80'],
    ],
    [
      'a zone, without zone:, and a network: their first and last hosts',
      'lan→net:192.168.20.0/24 ping',
      [
        'br-lan 192.168.1.1: > br-iot 192.168.20.1 icmp/8',
        'br-lan 192.168.1.1: > br-iot 192.168.20.254 icmp/8',
        'br-lan 192.168.1.254: > br-iot 192.168.20.1 icmp/8',
        'br-lan 192.168.1.254: > br-iot 192.168.20.254 icmp/8',
      ],
    ],
    [
      'a group and a service of the policy',
      'both→net:192.0.2.1 own',
      [
        'br-iot 192.168.20.11:49152 > other0 192.0.2.1 tcp/7000',
        'br-iot 192.168.20.11:49152 > other0 192.0.2.1 udp/7000',
        'br-iot 192.168.20.12:49152 > other0 192.0.2.1 tcp/7000',
        'br-iot 192.168.20.12:49152 > other0 192.0.2.1 udp/7000',
      ],
    ],
    [
      'no service: each that the policy speaks of',
      'bulb→cloud',
      [
        'br-iot 192.168.20.11:49152 > other0 203.0.113.9 mq.example tcp/8883',
        'br-iot 192.168.20.11:49152 > other0 203.0.113.9 mq.example tcp/80',
        'br-iot 192.168.20.11:49152 > other0 203.0.113.9 mq.example tcp/443',
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(asked(text)).toEqual(expected);
  });

  test('a device has its MAC, so that nobody else is taken for it', () => {
    const [one] = candidates({ from: 'bulb', to: 'cloud' }, policy, bound, CONTEXT);
    expect(one?.sourceMac).toBe('02:00:00:00:00:0b');
  });
});

test.each([
  ['no arrow', 'bulb cloud', 'does not say from whom to whom'],
  ['two arrows', 'a→b→c', 'does not say from whom to whom'],
  ['nobody', 'nobody→cloud', '"nobody" is no device, endpoint, address or zone'],
  ['an unknown zone', 'zone:x→cloud', '"zone:x" is no device'],
  ['a port that does not exist', 'bulb→cloud:70000', '"cloud:70000" is no device'],
  ['no service', 'bulb→cloud gopher', '"gopher" is no service'],
])('%s is refused', (_, text, expected) => {
  expect(() => parsePacket(text, policy, CONTEXT)).toThrow(expected);
});

describe('tests of the policy itself', () => {
  const run = (line: string): [boolean, readonly string[] | undefined] => {
    const read = readPolicy(`${TEXT}tests: [${line}]`, 'p.yaml').policy;
    const [result] = runPolicyTests(read, bindPolicy(read, CONTEXT).bound, CONTEXT);
    return [result?.ok ?? false, result?.decision?.rules];
  };
  test.each([
    [
      'an allowed connection',
      '{from: bulb, to: cloud, service: mqtts, expect: allow}',
      true,
      ['mq', 'mq'],
    ],
    [
      'one that no rule allows counts as denied, in trial too',
      '{from: bulb, to: cloud, service: tcp/1, expect: deny}',
      true,
      [],
    ],
    [
      'a test that is wrong names the rule that decides',
      "{from: 'hall lamp', to: cloud, service: tcp/1, expect: allow}",
      false,
      ['sink'],
    ],
    [
      'what is left to others passes',
      '{from: zone:lan, to: net:198.51.100.9, service: https, expect: allow}',
      true,
      [],
    ],
    [
      'a test that is wrong in one of its connections only',
      '{from: both, to: cloud, service: tcp/1, expect: allow}',
      false,
      [],
    ],
    [
      'one that stands for nothing',
      "{from: 'net:2001:db8::1', to: bulb, service: any, expect: deny}",
      false,
      undefined,
    ],
  ])('%s', (_, line, ok, rules) => {
    expect(run(line)).toEqual([ok, rules]);
  });
});
