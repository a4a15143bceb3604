import { expect, test } from 'vitest';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { pf } from '../../../src/targets/pf/pf.ts';
import { compile } from '../../../src/targets/target.ts';
import {
  ANYONE,
  addresses,
  at,
  device,
  packet,
  policy,
  rule,
  zone,
} from '../../policy/simulate/site.ts';
import { disagreements, policies, print, programOf, readBack, small } from '../agreement.ts';

const WITHOUT = ['expires', 'rates', 'connections'] as const;

function textOf(bound: BoundPolicy): string {
  return compile(pf, bound).files[0]?.text ?? '';
}

test('200 random policies, rendered and read back, decide every connection as they are', () => {
  for (const { seed, bound: whole } of policies(pf, 200, WITHOUT)) {
    const bound = small(whole);
    const [first] = disagreements(bound, readBack(pf, bound));
    if (first !== undefined) expect.fail(`seed ${seed}: ${print(first)}`);
  }
});

test('a word changed is found', () => {
  const [{ bound } = { bound: policy() }] = policies(pf, 1, WITHOUT);
  const text = textOf(bound);
  const changed = text.replace(/^block (drop|return) (in|out) log quick/m, 'pass $2 quick');
  expect(changed).not.toBe(text);
  expect(disagreements(bound, programOf(pf, changed))).not.toEqual([]);
});

test('who is in trial is logged, and nothing else becomes of it', () => {
  const bound = policy({ devices: [device('d7', ['192.168.20.5'], { trial: true })] });
  const text = textOf(bound);
  expect(text).toMatch(/^match out log inet from 192\.168\.20\.5 to any$/m);
  expect(text).not.toMatch(/^(pass|block)/m);
});

test('translation stands before the rules, and what it took is known by its tag', () => {
  const bound = policy({
    devices: [device('d7', ['192.168.20.5'])],
    ingress: [rule('web', ANYONE, at('192.168.20.5'), 'tcp/80', { translated: true })],
    nat: {
      destination: [
        {
          id: 'web',
          fromZones: ['wan'],
          sources: addresses('0.0.0.0/0', '::/0'),
          destinations: [],
          local: true,
          match: { protocol: 6, destinationPorts: [{ from: 8080, to: 8080 }] },
          toAddress: '192.168.20.5',
          toPort: 80,
        },
      ],
      source: [
        {
          id: 'out',
          family: 4,
          sources: addresses('192.168.20.0/24'),
          toZone: 'wan',
          translated: false,
          oneToOne: false,
        },
      ],
    },
  });
  const text = textOf(bound);
  expect(text).toContain('nat on wan0 inet from 192.168.20.0/24 to any -> (wan0)\n');
  expect(text).toContain(
    'rdr on wan0 inet proto 6 from 0.0.0.0/0 to (self) port 8080 tag ptl_rdr -> 192.168.20.5 port 80\n',
  );
  expect(disagreements(bound, programOf(pf, text))).toEqual([]);
});

test.each([
  [
    'a limit',
    policy({
      egress: [rule('r1', ANYONE, ANYONE, 'any', { connections: { max: 1, key: 'rule' } })],
    }),
    'r1',
  ],
  ['a date', policy({ egress: [rule('r1', ANYONE, ANYONE, 'any', { expires: 1 })] }), 'r1'],
  [
    'names below one',
    policy({ names: [{ id: 'n1', patterns: ['*.example.com'], addresses: [] }] }),
    'n1',
  ],
  ['an interface that no BSD has', policy({ zones: [zone('z1', ['em0" all'], [])] }), 'z1'],
])('a policy with %s is refused as a whole', (_, bound, id) => {
  expect(pf.unsupported(bound)).toMatchObject([{ id }]);
  expect(() => compile(pf, bound)).toThrow(id);
});

const CONF = `
# A home with two networks
ext_if = "em0"
lan = "{ em1, em2 }"
web = "{ 80 443 8000:8010 }"
table <bad> persist { 198.51.100.0/24 !198.51.100.7 \\
  203.0.113.66 }
table <later> persist file "/etc/later"
set skip on lo0
scrub in all
nat on $ext_if inet from 192.168.1.0/24 to any -> ($ext_if)
rdr on $ext_if proto tcp from any to ($ext_if) port 8080 -> 192.168.1.20 port 80
block log all
pass out keep state
pass in on $lan inet from 192.168.1.0/24 to any keep state label "lan # to all"
block return in quick on $lan proto tcp to <bad> port != 22
pass in quick on $ext_if reply-to (em0 192.0.2.1) inet proto tcp to 192.168.1.20 port $web flags S/SA keep state
pass in on $ext_if inet proto icmp icmp-type { echoreq unreach }
block in quick on em2 from <later>
block in on em1 proto udp to port 5000 >< 5003
`;

test.each([
  ['lan may go out', 'em1 192.168.1.5 → em0 192.0.2.9 tcp/443', 'accept'],
  ['but not to the table', 'em1 192.168.1.5 → em0 198.51.100.9 tcp/443', 'reject'],
  ['unless the table leaves it out', 'em1 192.168.1.5 → em0 198.51.100.7 tcp/443', 'accept'],
  ['or the port', 'em1 192.168.1.5 → em0 198.51.100.9 tcp/22', 'accept'],
  ['the last rule without quick decides', 'em1 192.168.1.5 → em0 192.0.2.9 udp/5002', 'drop'],
  ['and its range has no ends', 'em1 192.168.1.5 → em0 192.0.2.9 udp/5003', 'accept'],
  ['a table in a file cannot be decided', 'em2 192.168.1.6 → em0 192.0.2.9 tcp/443', 'unknown'],
  ['a macro of ports', 'em0 192.0.2.9 → em1 192.168.1.20 tcp/8005', 'accept'],
  ['nobody comes in', 'em0 192.0.2.9 → em1 192.168.1.20 tcp/22', 'drop'],
  ['a ping', 'em0 192.0.2.9 → 192.0.2.1 icmp/8', 'accept'],
] as const)('of a pf.conf that somebody wrote: %s', (_, text, verdict) => {
  expect(simulateProgram(programOf(pf, CONF), packet(text)).verdict).toBe(verdict);
});

test('what is not read may go either way, and is told', () => {
  const parsed = pf.parse(
    'pass all\nanchor "x" in on em0 {\n  block quick all\n}\nantispoof for em0\n',
  );
  expect(parsed.ok && parsed.notes).toHaveLength(2);
  const some = packet('em0 192.0.2.9 → em1 192.168.1.20 tcp/22');
  expect(parsed.ok && simulateProgram(parsed.program, some).verdict).toBe('unknown');
});

test.each([
  ['a quote that does not end', 'pass all\nblock in label "x\n', 2],
  ['another language', 'pass all\n\nset-up everything', 3],
])('%s is refused with its line', (_, text, line) => {
  expect(pf.parse(text)).toMatchObject({ ok: false, line });
});
