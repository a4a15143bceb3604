import { expect, test } from 'vitest';
import { hasAddress } from '../../../src/base/address-set.ts';
import type { BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import type { Deviation } from '../../../src/policy/decide/same.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { ios } from '../../../src/targets/ios/ios.ts';
import { routed } from '../../../src/targets/ios/routed.ts';
import { compile } from '../../../src/targets/target.ts';
import {
  ANYONE,
  at,
  device,
  IOT,
  LAN,
  packet,
  policy,
  rule,
  WAN,
} from '../../policy/simulate/site.ts';
import { disagreements, policies, print, programOf, small } from '../agreement.ts';

/** Interfaces without a list come last, so that what matters is among the first. */
const MOST = 60;
const WITHOUT = ['expires', 'rates', 'connections', 'nat', 'macs'] as const;

function textOf(bound: BoundPolicy): string {
  return compile(ios, bound).files[0]?.text ?? '';
}

/** Without what lists have to say because they know no connections. */
function withoutReplies(text: string): string {
  return text.replaceAll(/ remark ptl-replies\n(?: permit .*\n)*/g, '');
}

/** As far as lists can say it: no reset, nothing translated, every zone at its interfaces. */
function sayable(bound: BoundPolicy): BoundPolicy {
  const plain = ({ translated: _, ...each }: BoundRule): BoundRule =>
    each.action === 'reject' ? { ...each, action: 'deny' } : each;
  const rules = (all: readonly BoundRule[]) =>
    all.filter(({ toZone, fromZone }) => toZone !== 'z_old' && fromZone !== 'z_old').map(plain);
  return {
    ...bound,
    refuse: 'drop',
    zones: bound.zones
      .filter(({ id }) => id !== 'z_old')
      .map((each) => (each.internet ? { ...each, interfaces: ['wan0'] } : each)),
    guard: rules(bound.guard),
    egress: rules(bound.egress),
    ingress: rules(bound.ingress),
    nat: { destination: [], source: [] },
  };
}

/** One device and a rule of each side: of a policy as boxes there are many for each. */
function tiny(bound: BoundPolicy): BoundPolicy {
  const { egress, ingress, ...rest } = small(bound);
  return { ...rest, egress: egress.slice(0, 2), ingress: ingress.slice(0, 1) };
}

/** At an interface without a list, and at addresses that are none of the router's. */
function isElsewhere({ boxes }: Deviation): boolean {
  return boxes.every(({ inputs, outputs, destinations }) => {
    if (inputs?.join() === '*') return true;
    const isGeneric = ([4, 6] as const).some((family) =>
      hasAddress(destinations ?? [], { family, value: 0n }),
    );
    return outputs?.join() === 'self' && destinations !== undefined && !isGeneric;
  });
}

test('200 random policies, rendered and read back, decide every first packet as they are', () => {
  for (const { seed, bound: whole } of policies(ios, 200, WITHOUT, (each) => sayable(tiny(each)))) {
    const program = programOf(ios, withoutReplies(textOf(whole)));
    const first = disagreements(routed(whole), program, MOST).find((each) => !isElsewhere(each));
    if (first !== undefined) expect.fail(`seed ${seed}: ${print(first)}`);
  }
}, 600_000);

const CAMERA = policy({
  zones: [LAN, { ...IOT, denies: true }, { ...WAN }],
  devices: [device('d7', ['192.168.20.5'])],
  egress: [
    rule('dns', at('192.168.20.5'), ANYONE, 'udp/53', { toZone: 'self' }),
    rule('cloud', at('192.168.20.5'), at('203.0.113.0/24'), 'tcp/443 udp/8801'),
  ],
  ingress: [rule('view', at('192.168.1.0/24'), at('192.168.20.5'), 'tcp/554')],
});

test.each([
  ['its cloud', 'iot0 192.168.20.5 → wan0 203.0.113.9 tcp/443', 'accept'],
  ['nothing else outside', 'iot0 192.168.20.5 → wan0 198.51.100.9 tcp/443', 'drop'],
  ['names of the router', 'iot0 192.168.20.5 → 192.168.20.1 udp/53', 'accept'],
  ['nothing else of the router', 'iot0 192.168.20.5 → 192.168.20.1 tcp/22', 'drop'],
  ['who looks at it', 'lan0 192.168.1.7 → iot0 192.168.20.5 tcp/554', 'accept'],
  ['nobody else', 'wan0 198.51.100.9 → iot0 192.168.20.5 tcp/554', 'drop'],
  ['what is nobody’s is left alone', 'lan0 192.168.1.7 → wan0 198.51.100.9 tcp/80', 'accept'],
  ['a newcomer of its zone', 'iot0 192.168.20.66 → wan0 203.0.113.9 tcp/443', 'drop'],
] as const)('a camera: %s', (_, text, verdict) => {
  expect(simulateProgram(programOf(ios, textOf(CAMERA)), packet(text)).verdict).toBe(verdict);
});

test('what comes back has entries of its own; of UDP only the port tells it, as is said', () => {
  const program = programOf(ios, textOf(CAMERA));
  const back = packet('wan0 203.0.113.9 → iot0 192.168.20.5 tcp/40000');
  expect(simulateProgram(program, { ...back, state: 'established' }).verdict).toBe('accept');
  expect(simulateProgram(program, back).verdict).toBe('drop');
  const answer = packet('wan0 203.0.113.9 → iot0 192.168.20.5 udp/40000', { sourcePort: 8801 });
  expect(simulateProgram(program, answer).verdict).toBe('accept');
  expect(simulateProgram(program, { ...answer, sourcePort: 8802 }).verdict).toBe('drop');
});

test('a word changed is found', () => {
  const text = withoutReplies(textOf(CAMERA));
  const changed = text.replace(/^ deny (.*) log$/m, ' permit $1');
  expect(changed).not.toBe(text);
  const found = disagreements(routed(CAMERA), programOf(ios, changed));
  expect(found.some((each) => !isElsewhere(each))).toBe(true);
});

test('what was put on is taken off again, by name', () => {
  const [config, removal] = compile(ios, CAMERA).files.map(({ text }) => text);
  const lists = [
    ...(config ?? '').matchAll(/^(ip access-list extended|ipv6 access-list) (\S+)$/gm),
  ];
  expect(lists).toHaveLength(6);
  for (const [line] of lists) expect(removal).toContain(`no ${line}\n`);
  expect(removal).toContain(' no ip access-group PTL-iot-IN in\n');
});

test.each([
  ['a reset', { refuse: 'reject' }, 'refuse'],
  [
    'a limit',
    { egress: [rule('r1', ANYONE, ANYONE, 'any', { connections: { max: 1, key: 'rule' } })] },
    'r1',
  ],
  ['translation', { egress: [rule('r2', ANYONE, ANYONE, 'any', { translated: true })] }, 'r2'],
  ['a zone of which nothing is known', { zones: [{ ...LAN, networks: [] }] }, 'lan'],
] as const)('a policy with %s is refused as a whole', (_, parts, id) => {
  expect(ios.unsupported(policy(parts))).toMatchObject([{ id }]);
  expect(() => compile(ios, policy(parts))).toThrow(id);
});

const RUNNING = `
hostname edge
object-group network SERVERS
 description the two
 host 192.0.2.10
 192.0.2.32 255.255.255.240
object-group network NESTED
 group-object SERVERS
object-group service WEB
 tcp eq www
ip access-list extended OUTSIDE
 10 permit tcp any any established
 20 permit tcp any object-group SERVERS eq www 443
 30 permit object-group WEB any host 192.0.2.77
 40 permit udp 198.51.100.0 0.0.0.255 range 5000 5010 any
 50 permit tcp any object-group NESTED eq 25
 60 permit ip 10.0.0.1 0.255.0.0 host 192.0.2.50
 70 deny icmp any any echo log
 80 permit icmp any any
!
access-list 101 permit ip any any
interface GigabitEthernet0/1
 ip address 198.51.100.1 255.255.255.0
 ip access-group OUTSIDE in
`;

test.each([
  ['a group', '192.0.2.33 tcp/443', 'accept'],
  ['and nothing beside it', '192.0.2.48 tcp/443', 'drop'],
  ['a group of services is not followed', '192.0.2.77 tcp/1', 'unknown'],
  ['nor a group in a group', '192.0.2.99 tcp/25', 'unknown'],
  ['a ping', '192.0.2.10 icmp/8', 'drop'],
  ['other errors', '192.0.2.10 icmp/3', 'accept'],
  ['the end', '192.0.2.10 tcp/22', 'drop'],
] as const)('of a running configuration: %s', (_, to, verdict) => {
  const sent = packet(`GigabitEthernet0/1 203.0.113.9 → GigabitEthernet0/2 ${to}`);
  expect(simulateProgram(programOf(ios, RUNNING), sent).verdict).toBe(verdict);
});

test('a list that is on no interface is told', () => {
  const parsed = ios.parse(RUNNING);
  expect(parsed.ok && parsed.notes).toEqual(['ip 101: is on no interface, and decides nothing']);
});

test('an entry that is none is refused with its line', () => {
  expect(ios.parse('ip access-list extended X\n allow tcp any any')).toMatchObject({
    ok: false,
    line: 2,
  });
});
