import { describe, expect, test } from 'vitest';
import type { FilterProgram } from '../../../src/model/filter-program.ts';
import type { ProgramPacket } from '../../../src/policy/simulate/program.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { packet } from '../../policy/simulate/site.ts';

function read(text: string): FilterProgram {
  const parsed = nftables.parse(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.program;
}

function forward(...rules: readonly string[]): string {
  return chainOf('type filter hook forward priority filter; policy accept;', rules);
}

function chainOf(head: string, rules: readonly string[]): string {
  return `table inet x {\n set s {\n type ipv4_addr\n flags interval\n elements = { 10.0.0.1, 10.1.0.0/16 timeout 1h expires 5m }\n }\n chain c {\n ${head}\n ${rules.join('\n ')}\n }\n}\n`;
}

const WEB = packet('lan0 192.168.1.9 → wan0 203.0.113.8 tcp/443');
const PING = packet('lan0 192.168.1.9 → wan0 203.0.113.8 icmp/8');
const V6 = packet('lan0 fd00:1::9 → wan0 2001:db8::8 udp/53');

type Case = readonly [string, string, ProgramPacket, string, number?];

const CASES: readonly Case[] = [
  ['an address and a port', forward('ip daddr 203.0.113.8 tcp dport 443 drop'), WEB, 'drop', 9],
  ['another port', forward('tcp dport 80 drop'), WEB, 'accept'],
  ['a range of ports', forward('tcp dport 400-500 reject with tcp reset'), WEB, 'reject', 9],
  ['an anonymous set', forward('tcp dport { 22, 443 } drop'), WEB, 'drop', 9],
  ['a service by name', forward('tcp dport { ssh, https } drop'), WEB, 'drop', 9],
  [
    'a named set',
    forward('ip daddr @s drop'),
    packet('lan0 1.1.1.1 → wan0 10.1.2.3 tcp/1'),
    'drop',
    9,
  ],
  ['outside of a named set', forward('ip daddr @s drop'), WEB, 'accept'],
  ['not one of a set', forward('ip daddr != @s drop'), WEB, 'drop', 9],
  ['a negation asks for the family', forward('ip daddr != @s drop'), V6, 'accept'],
  ['interfaces', forward('iifname "lan*" oifname { "wan0", "wan1" } drop'), WEB, 'drop', 9],
  ['the first rule that matches', forward('tcp dport 443 accept', 'drop'), WEB, 'accept', 9],
  ['rules on one line', forward('tcp dport 80 accept; drop'), WEB, 'drop', 9],
  ['state', forward('ct state established,related accept', 'ct state new drop'), WEB, 'drop', 10],
  [
    'a map of states',
    forward('ct state vmap { established : accept, new : drop }'),
    WEB,
    'drop',
    9,
  ],
  ['ICMP by name', forward('icmp type { echo-request, 13 } drop'), PING, 'drop', 9],
  [
    'counters and logs decide nothing',
    forward('counter packets 1 bytes 2 log prefix "x" drop'),
    WEB,
    'drop',
    9,
  ],
  ['a limit may match', forward('limit rate 5/second drop'), WEB, 'unknown', 9],
  ['unless it leads to the same', forward('limit rate 5/second drop', 'drop'), WEB, 'drop', 10],
  ['a mark may match', forward('meta mark 0x1 drop'), WEB, 'unknown', 9],
  [
    'but not where another part does not',
    forward('tcp dport 80 meta mark 0x1 drop'),
    WEB,
    'accept',
  ],
  ['a mark that is set decides nothing', forward('meta mark set 0x1', 'drop'), WEB, 'drop', 10],
  ['what leads nowhere else', forward('meta mark 0x1 counter'), WEB, 'accept'],
  ['the MAC may match', forward('ether saddr 02:00:00:00:00:01 drop'), WEB, 'unknown', 9],
  [
    'or does not',
    forward('ether saddr 02:00:00:00:00:01 drop'),
    { ...WEB, sourceMac: '02:00:00:00:00:02' },
    'accept',
  ],
  ['a variable is not known', forward('ip daddr $X drop'), WEB, 'unknown', 9],
  [
    'a default of drop',
    chainOf('type filter hook forward priority 0; policy drop;', []),
    WEB,
    'drop',
  ],
  [
    'a later base chain drops what an earlier accepts',
    `${forward('accept')}table ip filter {\n chain F {\n type filter hook forward priority 10; policy drop;\n }\n}\n`,
    WEB,
    'drop',
  ],
  [
    'a table of IPv4 does not see IPv6',
    'table ip filter {\n chain F {\n type filter hook forward priority 0; policy drop;\n }\n}\n',
    V6,
    'accept',
    2,
  ],
  [
    'a jump comes back, a goto does not',
    `table inet x {\n chain a {\n return\n }\n chain c {\n type filter hook forward priority 0; policy accept;\n jump a\n goto a\n drop\n }\n}\n`,
    WEB,
    'accept',
  ],
  [
    'concatenated sets',
    forward('ip daddr . meta l4proto . th dport { 203.0.113.0/24 . tcp . 440-450 } drop'),
    WEB,
    'drop',
    9,
  ],
  [
    'a dormant table',
    `table inet x {\n flags dormant\n chain c {\n type filter hook forward priority 0; policy drop;\n }\n}\n`,
    WEB,
    'accept',
  ],
];

test.each(CASES.map((each) => ({ name: each[0], each })))('$name', ({ each }) => {
  const [, text, probe, verdict, line] = each;
  const decision = simulateProgram(read(text), probe);
  expect(decision.verdict, decision.because).toBe(verdict);
  if (line !== undefined) expect(decision.rule?.line).toBe(line);
});

test('destination NAT comes before, and routes anew', () => {
  const text = `table inet x {
    chain n { type nat hook prerouting priority dstnat; policy accept;
      iifname "wan0" fib daddr type local tcp dport 8080 dnat ip to 192.168.20.6:80
    }
    chain f { type filter hook forward priority 0; policy drop;
      ct status dnat ip daddr 192.168.20.6 tcp dport 80 oifname "iot0" accept
    }
  }`;
  const probe = packet('wan0 198.51.100.7 → 203.0.113.1 tcp/8080');
  const view = { isLocal: () => true, interfaceTo: () => 'iot0' };
  const decision = simulateProgram(read(text), probe, view);
  expect(decision).toMatchObject({ verdict: 'accept', packet: { translated: true } });
  expect(decision.rule?.line).toBe(6);
  // Nobody knows the way of what was translated.
  expect(simulateProgram(read(text), probe).verdict).toBe('unknown');
});

describe('what cannot be read', () => {
  test.each([
    ['something else', 'hello\n', 1],
    ['a table without an end', '\ntable inet x {\n chain a {\n', 2],
    ['iptables rules', '*filter\n:INPUT ACCEPT [0:0]\n', 1],
  ])('%s is refused with its line', (_, text, line) => {
    expect(nftables.parse(text)).toMatchObject({ ok: false, line });
  });

  test('is noted where it changes nothing of what is read', () => {
    const text = 'add rule inet x c drop\ntable bridge b {\n chain c {\n }\n}\n';
    expect(nftables.parse(text)).toMatchObject({
      ok: true,
      notes: [{}, {}].map(() => expect.any(String)),
    });
  });

  test('damaged text ends in time and throws nothing', () => {
    const whole = forward(
      'ip saddr { 10.0.0.1 . tcp } vmap { 1 : jump x } dnat to [::1]:80',
      '{ { {',
    );
    for (let at = 0; at < whole.length; at += 1) {
      expect(() => nftables.parse(whole.slice(0, at))).not.toThrow();
      expect(() => nftables.parse(whole.slice(at))).not.toThrow();
    }
  });
});

test('a comment of several lines is a comment, and lines are counted on behind it', () => {
  const comment = 'comment "x\ntable inet portolan {\n}"';
  const program = read(forward(`tcp dport 80 accept ${comment}`, 'tcp dport 443 drop'));
  expect([...program.chains.keys()]).toEqual(['inet x c']);
  expect(simulateProgram(program, WEB).rule?.line).toBe(12);
});

test('a set of 300,000 elements that stands in a match which is not known is one condition', () => {
  const many = Array.from({ length: 300_000 }, (_, index) => index + 1).join(', ');
  const program = read(forward(`ct mark { ${many} } drop`));
  const [rule] = program.chains.get('inet x c') ?? [];
  expect(rule?.verdict).toEqual({ kind: 'drop' });
  expect(rule?.boxes[0]?.opaque).toContain('300000');
});
