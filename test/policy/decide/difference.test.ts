import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../../src/base/address.ts';
import type { BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import type { RateLimit } from '../../../src/model/policy.ts';
import { decider } from '../../../src/policy/decide/decider.ts';
import type { Change, Difference } from '../../../src/policy/decide/difference.ts';
import {
  comparePolicies,
  differenceOf,
  isNotWider,
} from '../../../src/policy/decide/difference.ts';
import { flatRules } from '../../../src/policy/decide/flat.ts';
import { ANYONE, addresses, at, device, IOT, LAN, policy, rule, WAN } from '../simulate/site.ts';

const BULB = '192.168.20.5';
const TRIAL = device('tv', ['192.168.1.7'], { trial: true });
const SITE = { devices: [device('bulb', [BULB, 'fd00:20::5']), TRIAL] };
const RATE: RateLimit = { packets: 5, per: 'second', burst: 5, key: 'rule' };

function between(before: Partial<BoundPolicy>, after: Partial<BoundPolicy>): Difference {
  return comparePolicies(policy({ ...SITE, ...before }), policy({ ...SITE, ...after })).resolved;
}

/** `drop→allow 192.168.20.5 → 203.0.113.9 6/443 by r1`. */
function words({ before, after, packet, rulesAfter }: Change): string {
  const { source, destination, name, protocol, destinationPort, type } = packet;
  const to = name ?? formatAddress(destination);
  const what = `${protocol}/${destinationPort ?? type ?? ''}`;
  return `${before}→${after} ${formatAddress(source)} → ${to} ${what} by ${rulesAfter.join(' ')}`.trim();
}

const WEB = rule('web', at(BULB), at('203.0.113.9'), 'tcp/443');

describe('what two policies differ in', () => {
  test.each<
    [string, readonly BoundRule[], readonly BoundRule[], readonly string[], readonly string[]]
  >([
    ['a rule more', [], [WEB], ['drop→allow 192.168.20.5 → 203.0.113.9 6/443 by web'], []],
    ['a rule less', [WEB], [], [], ['allow→drop 192.168.20.5 → 203.0.113.9 6/443 by']],
    [
      'the same in two parts',
      [rule('w', at(BULB), ANYONE, 'tcp/80-81')],
      [rule('a', at(BULB), ANYONE, 'tcp/81'), rule('b', at(BULB), ANYONE, 'tcp/80')],
      [],
      [],
    ],
    [
      'two ports of three',
      [rule('w', at(BULB), at('203.0.113.9'), 'tcp/1-3')],
      [rule('w', at(BULB), at('203.0.113.9'), 'tcp/2')],
      [],
      ['allow→drop 192.168.20.5 → 203.0.113.9 6/1 by'],
    ],
    [
      'an IPv6 rule',
      [],
      [rule('six', at('fd00:20::5'), at('2001:db8::/32'), 'icmpv6/128')],
      ['drop→allow fd00:20::5 → 2001:db8::7 58/128 by six'],
      [],
    ],
    [
      'one that another has decided',
      [rule('no', at(BULB), ANYONE, 'any', { action: 'deny' })],
      [rule('no', at(BULB), ANYONE, 'any', { action: 'deny' }), WEB],
      [],
      [],
    ],
  ])('%s', (_, before, after, allowed, denied) => {
    const { newlyAllowed, newlyDenied, changed, equal } = between(
      { egress: before },
      { egress: after },
    );
    expect(newlyAllowed.map(words)).toEqual(allowed);
    expect(newlyDenied.map(words)).toEqual(denied);
    expect(changed).toEqual([]);
    expect(equal).toBe(allowed.length + denied.length === 0);
  });

  test('a rejection instead of silence, and a rule for what was left alone, are neither', () => {
    const refused = between({}, { refuse: 'reject' });
    expect([refused.newlyAllowed, refused.newlyDenied]).toEqual([[], []]);
    expect(new Set(refused.changed.map(({ before, after }) => `${before}→${after}`))).toEqual(
      new Set(['drop→reject']),
    );
    const own = between(
      {},
      { egress: [rule('lan', at('192.168.1.99'), at('198.51.100.1'), 'tcp')] },
    );
    expect(own.changed.map(words)).toEqual([
      'leave→allow 192.168.1.99 → 198.51.100.1 6/443 by lan',
    ]);
  });

  test('another limit is no other decision, and is told', () => {
    const slow = { ...WEB, rate: RATE };
    const { equal, limits } = between({ egress: [WEB] }, { egress: [slow] });
    expect([equal, limits]).toEqual([true, [{ before: WEB, after: slow }]]);
    const renamed = { ...slow, id: 'other', rate: { ...RATE, packets: 9 } };
    expect(between({ egress: [slow] }, { egress: [renamed] }).limits).toEqual([
      { before: slow, after: renamed },
    ]);
    expect(between({ egress: [slow] }, { egress: [{ ...slow }] }).limits).toEqual([]);
  });

  test('interfaces count, not what their zone is called', () => {
    const renamed = { ...IOT, id: 'things', name: 'things' };
    const old = rule('r', ANYONE, ANYONE, 'tcp', { fromZone: 'iot', action: 'deny' });
    const now = { ...old, fromZone: 'things' };
    expect(between({ egress: [old] }, { egress: [now], zones: [LAN, renamed, WAN] }).equal).toBe(
      true,
    );
    const moved = { ...renamed, interfaces: ['iot1'] };
    const { newlyDenied } = between({ egress: [old] }, { egress: [now], zones: [LAN, moved, WAN] });
    expect(new Set(newlyDenied.map(({ packet }) => packet.inInterface))).toEqual(new Set(['iot1']));
  });

  test('a name that stands for other addresses is the same by name, and not by address', () => {
    const names = (text: string) => [
      { id: 'n', patterns: ['mq.example'], addresses: addresses(text) },
    ];
    const egress = [rule('mq', at(BULB), { ranges: [], names: ['n'], devices: [] }, 'tcp/8883')];
    const [a, b] = ['203.0.113.1', '203.0.113.2'].map((each) =>
      policy({ ...SITE, egress, names: names(each) }),
    );
    if (a === undefined || b === undefined) throw new Error('two policies');
    const { symbolic, resolved, equal } = comparePolicies(a, b);
    expect([symbolic.equal, resolved.equal, equal]).toEqual([true, false, false]);
    const other = {
      ...b,
      names: [{ id: 'n', patterns: ['*.example'], addresses: addresses('203.0.113.1') }],
    };
    const wider = comparePolicies(a, other);
    expect([wider.symbolic.equal, wider.resolved.equal]).toEqual([false, true]);
    expect(wider.symbolic.newlyAllowed.map(words)).toEqual([
      `drop→allow ${BULB} → any.example 6/8883 by mq`,
    ]);
    expect([isNotWider(a, other), isNotWider(other, a)]).toEqual([true, false]);
  });

  test('a device in trial that is enforced fares otherwise as it is, not as it is meant', () => {
    const enforced = { ...TRIAL, trial: false };
    const [a, b] = [policy(SITE), policy({ devices: [...SITE.devices.slice(0, 1), enforced] })];
    expect(comparePolicies(a, b).equal).toBe(true);
    const { newlyDenied } = comparePolicies(a, b, { trial: 'in force' }).resolved;
    expect(newlyDenied.length).toBeGreaterThan(0);
  });

  test('deciders that were built apart are not compared', () => {
    const site = policy(SITE);
    expect(() => differenceOf(decider(site), decider(site))).toThrow(RangeError);
  });

  test('more changes than asked for are counted as more', () => {
    const egress = Array.from({ length: 9 }, (_, index) =>
      rule(`r${index}`, at(BULB), at(`203.0.113.${index * 2}`), `tcp/${index * 2}`),
    );
    const { more, newlyAllowed } = comparePolicies(policy(SITE), policy({ ...SITE, egress }), {
      most: 4,
    }).resolved;
    expect([more, newlyAllowed.length]).toEqual([true, 4]);
  });
});

test('rules for a flat firewall: a type is no port, and each family has its own', () => {
  const egress = [rule('r', at(BULB, 'fd00:20::5'), ANYONE, 'tcp/8 icmp/8', { toZone: 'wan' })];
  const rules = flatRules(policy({ devices: SITE.devices.slice(0, 1), egress }));
  const allowed = rules.filter(({ verdict }) => verdict === 'allow');
  expect(
    allowed.map(({ protocols, types, destinationPorts, outputs }) => ({
      protocols,
      types,
      destinationPorts,
      outputs,
    })),
  ).toEqual(
    [4, 6].flatMap(() => [
      {
        protocols: [6],
        types: undefined,
        destinationPorts: [{ from: 8, to: 8 }],
        outputs: ['wan0'],
      },
      { protocols: [1], types: [8], destinationPorts: undefined, outputs: ['wan0'] },
    ]),
  );
  for (const { sources = [], destinations = [] } of allowed) {
    expect(new Set([...sources, ...destinations].map(({ family }) => family)).size).toBe(1);
  }
});
