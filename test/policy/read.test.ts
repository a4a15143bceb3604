import { describe, expect, test } from 'vitest';
import { PortolanError } from '../../src/base/errors.ts';
import { MOST } from '../../src/policy/document.ts';
import { diagnosticText } from '../../src/policy/problem.ts';
import { examinePolicy, readPolicy } from '../../src/policy/read.ts';
import { BAD, GOOD } from './bad-policies.ts';

/** Everything that is said of the good policy after one change, or of another text. */
function said(change: readonly [string, string] | string): string[] {
  const text = typeof change === 'string' ? change : GOOD.replace(change[0], change[1]);
  if (typeof change !== 'string') expect(GOOD).toContain(change[0]);
  return examinePolicy(text, 'p.yaml').diagnostics.map(diagnosticText);
}

test('a policy in short forms is read, and nothing is said of it', () => {
  const { policy, warnings } = readPolicy(GOOD, 'p.yaml');
  expect(warnings).toEqual([]);
  expect(policy.zones['lan']).toEqual({
    interfaces: ['eth1'],
    networks: ['192.168.1.0/24'],
    internet: false,
    default: 'leave',
  });
  expect(policy.endpoints['bulb']).toEqual({
    kind: 'device',
    device: 'PTL-D-7F3K',
    addresses: [],
    state: 'trial',
  });
  expect(policy.services['web']?.[0]?.destinationPorts).toEqual([
    { from: 80, to: 80 },
    { from: 8000, to: 9000 },
  ]);
  expect(policy.rules[0]).toMatchObject({ expires: Date.UTC(2026, 11, 1, 10), side: 'both' });
  expect(policy.nat.forwards[0]).toMatchObject({ toPort: 8443, allowFrom: 'any', protocol: 'tcp' });
});

describe('an error names file, line, column, the rule and what is wrong', () => {
  test.each(BAD)('%s', (_, change, expected) => {
    expect(said(change).join('|')).toContain(expected);
  });
});

describe('what can be, and is hardly meant, is a warning', () => {
  const more = (rule: string): readonly [string, string] => [
    'nat:',
    `  - { id: r2, ${rule} }\nnat:`,
  ];
  test.each<[string, readonly [string, string], string]>([
    [
      'the opposite of an earlier rule',
      more('from: bulb, to: cloud, service: web, action: deny'),
      'p.yaml:20:5: rule r2: contradicts rule r1, which comes before it and decides (line 14)',
    ],
    [
      'the same as an earlier rule, in other words',
      more('from: bulb, to: cloud, service: web, action: allow'),
      'p.yaml:20:5: rule r2: repeats rule r1, which comes before it and decides (line 14)',
    ],
    [
      'two zones of one end',
      more('from: zone:iot, fromZone: lan, to: any, service: any, action: deny'),
      'p.yaml:20:41: rule r2: can never match: "from" is not in the zone "lan"',
    ],
    [
      'an address outside its zone',
      more('from: bulb, to: srv, toZone: iot, service: any, action: deny'),
      'p.yaml:20:44: rule r2: can never match: "to" is not in the zone "iot"',
    ],
    [
      'ends of two families',
      more('from: srv, to: "net:2001:db8::/32", service: any, action: deny'),
      'p.yaml:20:30: rule r2: can never match: one end has IPv4 addresses only, the other IPv6 addresses only',
    ],
    [
      'ICMPv6 between IPv4 addresses',
      more('from: any, to: srv, service: icmpv6/128, action: deny'),
      'p.yaml:20:44: rule r2: can never match: icmpv6/128 is not of that family of addresses',
    ],
    [
      'neighbours that do not pass the router',
      more('from: zone:lan, to: srv, service: any, action: deny'),
      'p.yaml:20:5: rule r2: both ends are behind eth1: what stays on one segment does not pass the router',
    ],
  ])('%s', (_, change, expected) => {
    const { policy, diagnostics } = examinePolicy(GOOD.replace(...change), 'p.yaml');
    expect(diagnostics.map(diagnosticText)).toEqual([expected]);
    expect(diagnostics[0]?.level).toBe('warning');
    expect(policy).toBeDefined();
  });

  test('a rule for one side does not meet one for the other', () => {
    const rules = ['egress', 'ingress', 'egress'].map(
      (side, i) =>
        `  - { id: r${i}, from: any, to: any, service: any, action: deny, side: ${side} }\n`,
    );
    expect(said(`rules:\n${rules.join('')}`)).toEqual([
      'p.yaml:4:5: rule r2: repeats rule r0, which comes before it and decides (line 2)',
    ]);
  });
});

describe('texts that are made to exhaust whoever reads them', () => {
  const bomb = `a: &a [x, x]\n${'bcdefghij'
    .split('')
    .map((name, i) => `${name}: &${name} [${`*${'abcdefghij'[i]}, `.repeat(9)}]`)
    .join('\n')}\n`;
  test.each([
    [
      'brackets without end',
      '['.repeat(1_000_000),
      `p.yaml:1:${MOST.depth + 1}: nested deeper than ${MOST.depth} levels`,
    ],
    ['lists in lists', '- '.repeat(500_000), 'nested deeper'],
    ['maps in maps', 'a: {'.repeat(100_000), 'nested deeper'],
    ['aliases of aliases', bomb, 'p.yaml:2:8: an alias within what an anchor names'],
    [
      'a hundred and one aliases',
      `a: &a x\nb: [${'*a, '.repeat(101)}]`,
      `more than ${MOST.aliases} aliases`,
    ],
    [
      'a text that is too long',
      ' '.repeat(MOST.characters + 1),
      `p.yaml:1:1: a policy has at most ${MOST.characters} characters`,
    ],
    ['octets that are no text', '\u0000\u0001\u0002', 'p.yaml'],
  ])('%s', (_, text, expected) => {
    expect(said(text).join()).toContain(expected);
  });
});

test('the error has the line with the place, a remedy, and how many more there are', () => {
  const text = GOOD.replace('from: bulb', 'from: blub').replace('service: web', 'service: wbe');
  let error: unknown;
  try {
    readPolicy(text, 'p.yaml');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PortolanError);
  expect(error).toMatchObject({
    code: 'E_POLICY',
    exitStatus: 2,
    excerpt: { text: '    from: blub', at: 10 },
    remedy: 'Correct the name, or add what it names',
  });
  expect(String(error)).toContain('(and 1 more: portolan policy check)');
});

test('an empty file and empty sections are policies that say nothing', () => {
  for (const text of ['', '# nothing\n', 'rules:\nzones:\nnat:\n  forwards:\n']) {
    expect(said(text)).toEqual([]);
  }
  expect(readPolicy('', 'p.yaml').policy).toMatchObject({ version: 1, rules: [], refuse: 'drop' });
});
