import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/base/address.ts';
import type { Decision } from '../../src/model/packet-verdict.ts';
import { bindPolicy } from '../../src/policy/bind.ts';
import { readPolicy } from '../../src/policy/read.ts';
import { simulate } from '../../src/policy/simulate/simulate.ts';

const TEXT = `
zones:
  iot: { interfaces: br-iot, networks: 10.0.0.0/24, default: deny }
  lan: { interfaces: br-lan, networks: 10.1.0.0/24, default: deny }
  wan: { interfaces: wan, internet: true, default: deny }
endpoints:
  nas: { networks: 10.1.0.10 }
  office: { networks: 198.51.100.0/24 }
  home: { names: home.example }
rules:
  - { id: no, from: any, to: nas, service: any, action: deny }
nat:
  forwards:
    - { id: web, in: wan, port: 8443, to: nas, toPort: 443, external: 203.0.113.1, hairpin: true }
    - { id: ssh, in: wan, port: 2222, to: nas, toPort: 22, external: 203.0.113.1, allowFrom: office }
    - { id: cam, in: wan, port: 5540, to: nas, toPort: 554, external: 203.0.113.1, allowFrom: home }
  oneToOne: { id: one, in: wan, external: 203.0.113.2, internal: nas, allow: [https, tcp/8883] }
  redirects: { id: dns, from: iot, service: dns, toPort: 5353, except: net:10.0.0.9 }
`;

const { policy } = readPolicy(TEXT, 'p.yaml');
const { bound } = bindPolicy(policy, {
  devices: [],
  resolved: (name) => (name === 'home.example' ? { addresses: ['192.0.2.77'], at: 0 } : undefined),
  localNetworks: [],
  resolvers: [],
  ntpServers: [],
  now: 0,
});

/** `wan 198.51.100.7 > 203.0.113.1 tcp/8443`; to the router as it comes in. */
function decided(text: string): Decision {
  const [input = '', source = '', , target = '', service = ''] = text.split(' ');
  const [protocol, port] = service.split('/');
  const none = { family: 4 as const, value: 0n };
  return simulate(bound, {
    inInterface: input,
    ...(target.startsWith('203.')
      ? {}
      : { outInterface: target.startsWith('10.1') ? 'br-lan' : 'wan' }),
    source: parseAddress(source) ?? none,
    destination: parseAddress(target) ?? none,
    protocol: protocol === 'tcp' ? 6 : 17,
    sourcePort: 50_000,
    destinationPort: Number(port),
  });
}

describe('what translation lets through, and no more', () => {
  test.each([
    [
      'a forward, though a rule denies its target',
      'wan 192.0.2.1 > 203.0.113.1 tcp/8443',
      'allow',
      ['web', 'web'],
    ],
    ['not its target port from outside', 'wan 192.0.2.1 > 10.1.0.10 tcp/443', 'drop', []],
    [
      'a forward by its outside address from inside',
      'br-iot 10.0.0.5 > 203.0.113.1 tcp/8443',
      'allow',
      ['web', 'web'],
    ],
    [
      'a forward for whom it is',
      'wan 198.51.100.9 > 203.0.113.1 tcp/2222',
      'allow',
      ['ssh', 'ssh'],
    ],
    ['not for others', 'wan 192.0.2.1 > 203.0.113.1 tcp/2222', 'drop', []],
    [
      'a forward for whom has a name',
      'wan 192.0.2.77 > 203.0.113.1 tcp/5540',
      'allow',
      ['cam', 'cam'],
    ],
    ['not for who has not', 'wan 192.0.2.78 > 203.0.113.1 tcp/5540', 'drop', ['ptl-forward-3']],
    ['one to one, what it allows', 'wan 192.0.2.1 > 203.0.113.2 tcp/8883', 'allow', ['one', 'one']],
    ['not the rest', 'wan 192.0.2.1 > 203.0.113.2 tcp/22', 'drop', ['ptl-one-1']],
    [
      'DNS to whomever, which is redirected',
      'br-iot 10.0.0.5 > 8.8.8.8 udp/53',
      'allow',
      ['dns', 'dns'],
    ],
    ['not of who is excepted', 'br-iot 10.0.0.9 > 8.8.8.8 udp/53', 'drop', []],
  ])('%s', (_, text, verdict, rules) => {
    const decision = decided(text);
    expect(decision.verdict, decision.because).toBe(verdict);
    if (rules.length > 0) expect(decision.rules).toEqual(expect.arrayContaining([rules[0]]));
  });
});
