import { expect, test } from 'vitest';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { routeros } from '../../../src/targets/routeros/routeros.ts';
import { compile } from '../../../src/targets/target.ts';
import { ANYONE, at, device, packet, policy, rule } from '../../policy/simulate/site.ts';
import { disagreements, policies, print, programOf, readBack } from '../agreement.ts';

function textOf(bound: BoundPolicy): string {
  return compile(routeros, bound).files[0]?.text ?? '';
}

test('200 random policies, rendered and read back, decide every connection as they are', () => {
  for (const { seed, bound } of policies(routeros, 200, ['expires', 'rates', 'connections'])) {
    const [first] = disagreements(bound, readBack(routeros, bound));
    if (first !== undefined) expect.fail(`seed ${seed}: ${print(first)}`);
  }
});

test('a word changed is found', () => {
  const [{ bound } = { bound: policy() }] = policies(routeros, 1, [
    'expires',
    'rates',
    'connections',
  ]);
  const text = textOf(bound);
  const changed = text.replace(
    /action=drop comment="ptl:ptl-d/,
    'action=accept comment="ptl:ptl-d',
  );
  expect(changed).not.toBe(text);
  expect(disagreements(bound, programOf(routeros, changed))).not.toEqual([]);
});

const BULB = device('d7', ['192.168.20.5'], { macs: ['02:00:00:00:00:05'] });

test('a limit lets through so much and drops the rest; it is read as what may go either way', () => {
  const rate = { packets: 10, per: 'minute', burst: 5, key: 'source' } as const;
  const bound = policy({
    devices: [BULB],
    egress: [
      rule('r1', at('192.168.20.5'), ANYONE, 'tcp/443', { rate }),
      rule('r2', at('192.168.20.5'), ANYONE, 'tcp/80', { connections: { max: 8, key: 'source' } }),
    ],
  });
  const text = textOf(bound);
  expect(text).toContain('dst-limit=10/1m,5,src-address/1h action=return comment="ptl:r1"');
  expect(text).toContain('connection-limit=8,32 action=drop comment="ptl:r2"');
  const to = (service: string) => packet(`iot0 192.168.20.5 → wan0 203.0.113.9 ${service}`);
  const mac = { sourceMac: '02:00:00:00:00:05' };
  const verdict = (service: string) =>
    simulateProgram(programOf(routeros, text), { ...to(service), ...mac }).verdict;
  expect(['tcp/443', 'tcp/80', 'tcp/22'].map(verdict)).toEqual(['unknown', 'unknown', 'drop']);
});

test('who has the address of a device and another MAC is dropped', () => {
  const bound = policy({
    devices: [BULB],
    egress: [rule('r1', at('192.168.20.5'), ANYONE, 'any')],
  });
  const sent = packet('iot0 192.168.20.5 → wan0 203.0.113.9 tcp/1');
  const verdict = (sourceMac: string) =>
    simulateProgram(programOf(routeros, textOf(bound)), { ...sent, sourceMac }).verdict;
  expect(verdict('02:00:00:00:00:05')).toBe('accept');
  expect(verdict('02:00:00:00:00:06')).toBe('drop');
});

test('everything that is written can be found again by its comment', () => {
  const [{ bound } = { bound: policy() }] = policies(routeros, 1, ['expires']);
  const added = textOf(bound)
    .split('\n')
    .filter((text) => text.startsWith('add '));
  expect(added.length).toBeGreaterThan(20);
  expect(added.filter((text) => !text.includes(' comment="ptl:'))).toEqual([]);
});

test.each([
  [
    'names below one',
    policy({ names: [{ id: 'n1', patterns: ['*.example.com'], addresses: [] }] }),
    'n1',
  ],
  ['a date', policy({ egress: [rule('r1', ANYONE, ANYONE, 'any', { expires: 1 })] }), 'r1'],
  [
    'connections of a rule as a whole',
    policy({
      egress: [rule('r2', ANYONE, ANYONE, 'tcp/1', { connections: { max: 1, key: 'rule' } })],
    }),
    'r2',
  ],
])('a policy with %s is refused as a whole', (_, bound, id) => {
  expect(routeros.unsupported(bound)).toMatchObject([{ id }]);
  expect(() => compile(routeros, bound)).toThrow(id);
});

const EXPORT = String.raw`# 2026-11-02 10:11:12 by RouterOS 7.16
/interface list
add comment=defconf name=WAN
add comment=defconf name=LAN
/interface list member
add comment=defconf interface=bridge list=LAN
add comment=defconf interface=ether1 list=WAN
/ip address
add address=192.168.88.1/24 interface=bridge network=192.168.88.0
/ip firewall address-list
add address=192.168.88.20-192.168.88.29 list="my \"toys\""
add address=cloud.example.com list=cloud
/ip firewall filter
add action=accept chain=input comment=\
    "accept established,related,untracked" connection-state=\
    established,related,untracked
add action=drop chain=input connection-state=invalid
add action=accept chain=input protocol=icmp
add action=drop chain=input in-interface-list=!LAN
add action=fasttrack-connection chain=forward connection-state=\
    established,related hw-offload=yes
add action=accept chain=forward connection-state=established,related,untracked
add action=accept chain=forward dst-address-list=cloud src-address=192.168.88.20
add action=reject chain=forward reject-with=icmp-network-unreachable \
    src-address-list="my \"toys\"" out-interface-list=WAN
add action=drop chain=forward connection-nat-state=!dstnat connection-state=new \
    in-interface-list=WAN
add action=drop chain=forward disabled=yes
add action=drop chain=forward port=5060-5061 protocol=udp
/ip firewall nat
add action=masquerade chain=srcnat ipsec-policy=out,none out-interface-list=WAN
add action=dst-nat chain=dstnat dst-port=8080 in-interface-list=WAN protocol=tcp \
    to-addresses=192.168.88.9 to-ports=80
`;

test.each([
  ['lan may go out', 'bridge 192.168.88.5 → ether1 203.0.113.9 tcp/443', 'accept'],
  [
    'a list with a quote in its name',
    'bridge 192.168.88.21 → ether1 203.0.113.9 tcp/443',
    'reject',
  ],
  [
    'a name that only the router knows',
    'bridge 192.168.88.20 → ether1 203.0.113.9 tcp/1',
    'unknown',
  ],
  ['nobody comes in', 'ether1 203.0.113.9 → bridge 192.168.88.5 tcp/443', 'drop'],
  ['the router answers a ping', 'ether1 203.0.113.9 → 198.51.100.1 icmp/8', 'accept'],
  ['and nothing else', 'ether1 203.0.113.9 → 198.51.100.1 tcp/22', 'drop'],
  ['either port', 'bridge 192.168.88.5 → ether1 203.0.113.9 udp/5060', 'drop'],
] as const)('of an export: %s', (_, text, verdict) => {
  expect(simulateProgram(programOf(routeros, EXPORT), packet(text)).verdict).toBe(verdict);
});

test('of an export, what is translated and what is disabled', () => {
  const parsed = routeros.parse(EXPORT);
  expect(parsed.ok && parsed.notes).toEqual(['line 28: a rule is disabled']);
  const [rewrite] = programOf(routeros, EXPORT).chains.get('ip nat dstnat') ?? [];
  expect(rewrite?.verdict).toMatchObject({ kind: 'dnat', ports: [{ from: 80, to: 80 }] });
});

test.each([
  ['a quote that does not end', '/ip firewall filter\nadd chain=input comment="x\n', 2],
  ['a bracket that does not end', '/ip firewall filter\n\nadd x=[find\n', 3],
  ['another language', 'table inet filter', 1],
])('%s is refused with its line', (_, text, line) => {
  expect(routeros.parse(text)).toMatchObject({ ok: false, line });
});
