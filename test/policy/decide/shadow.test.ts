import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import type { Side } from '../../../src/policy/decide/decider.ts';
import { decider, deciders } from '../../../src/policy/decide/decider.ts';
import { ineffective, redundant, shadowed } from '../../../src/policy/decide/shadow.ts';
import { ANYONE, at, device, policy, rule } from '../simulate/site.ts';
import { randomPolicy, randomRule, seeded } from './random-site.ts';

const DENY = { action: 'deny' } as const;

/** What is said of the egress side, as `rule < those before it`. */
function said(egress: readonly BoundRule[], more: Partial<BoundPolicy> = {}): string[] {
  const { shadowed: hidden, redundant: idle } = ineffective(decider(policy({ egress, ...more })));
  return [
    ...hidden.map((each) => `${each.rule} < ${each.by.join(' ')}`.trim()),
    ...idle.map((each) => `${each.rule} changes nothing`),
  ];
}

describe('what decides nothing', () => {
  test.each<[string, readonly BoundRule[], readonly string[]]>([
    [
      'one rule covers another',
      [
        rule('wide', at('10.0.0.0/8'), ANYONE, 'tcp'),
        rule('narrow', at('10.1.0.0/16'), ANYONE, 'tcp/80', DENY),
      ],
      ['narrow < wide'],
    ],
    [
      'two together cover a third, which neither does alone',
      [
        rule('low', at('10.0.0.0/9'), ANYONE, 'tcp/1-1000'),
        rule('high', at('10.128.0.0/9'), ANYONE, 'tcp/1-1000'),
        rule('whole', at('10.0.0.0/8'), ANYONE, 'tcp/80', DENY),
      ],
      ['whole < low high'],
    ],
    [
      'ports, protocols and families together, and a rule that has no part in it',
      [
        rule('web', ANYONE, at('192.0.2.0/24', '2001:db8::/64'), 'tcp/80-443'),
        rule('else', at('10.9.0.0/16'), at('198.51.100.1'), 'udp'),
        rule('rest', ANYONE, at('192.0.2.0/24', '2001:db8::/64'), 'tcp/0-79,444-65535', DENY),
        rule('last', at('10.0.0.1', 'fd00::1'), at('192.0.2.1', '2001:db8::1'), 'tcp/22'),
      ],
      ['last < rest'],
    ],
    [
      'all but one port is covered: it decides',
      [
        rule('low', ANYONE, ANYONE, 'tcp/0-79'),
        rule('high', ANYONE, ANYONE, 'tcp/81-65535'),
        rule('whole', ANYONE, ANYONE, 'tcp', DENY),
      ],
      [],
    ],
    [
      'what is denied by both of its halves is in nobody’s way',
      [
        rule('here', at('10.0.0.0/9'), ANYONE, 'any', DENY),
        rule('there', at('10.128.0.0/9'), ANYONE, 'any', DENY),
        rule('all', at('10.0.0.0/8'), ANYONE, 'any', DENY),
      ],
      ['all < here there', 'here changes nothing', 'there changes nothing'],
    ],
    [
      'a source of one family and a destination of the other never meet',
      [rule('never', at('10.0.0.1'), at('2001:db8::1'), 'tcp')],
      ['never <'],
    ],
    ['a peer that is nobody', [rule('nobody', at(), ANYONE, 'tcp')], ['nobody <']],
    [
      'the guard comes first',
      [rule('late', at('192.168.1.2'), ANYONE, 'tcp/22', { ...DENY, toZone: 'self' })],
      ['late < ptl-guard'],
    ],
  ])('%s', (_, egress, expected) => {
    const guard = [rule('ptl-guard', at('192.168.1.2'), ANYONE, 'tcp/22', { toZone: 'self' })];
    expect(said(egress, { guard })).toEqual(expected);
  });

  test('a deny in front of the same default is redundant, once the device is managed', () => {
    const egress = [rule('no', at('192.168.20.5'), ANYONE, 'tcp/23', DENY)];
    expect(said(egress)).toEqual([]);
    expect(said(egress, { devices: [device('bulb', ['192.168.20.5'])] })).toEqual([
      'no changes nothing',
    ]);
    const refusing = { devices: [device('bulb', ['192.168.20.5'])], refuse: 'reject' } as const;
    expect(said(egress, refusing)).toEqual([]);
  });

  test('shadowed on one side only is told apart from everywhere', () => {
    const both = rule('both', at('10.0.0.1'), ANYONE, 'tcp/80');
    const wide = rule('wide', ANYONE, ANYONE, 'tcp');
    const found = shadowed(decider(policy({ egress: [wide, both], ingress: [both] })));
    expect(found).toEqual([{ rule: 'both', side: 'egress', by: ['wide'], everywhere: false }]);
  });

  test('a rule in two parts that stand in for each other is neither shadowed nor redundant', () => {
    const part = rule('two', at('10.0.0.1'), ANYONE, 'tcp/80');
    expect(said([part, { ...part }])).toEqual([]);
  });
});

describe('in random policies of both families', () => {
  const SITE = fc
    .tuple(fc.integer({ min: 1, max: 1 << 29 }), fc.integer({ min: 1, max: 12 }))
    .map(([seed, rules]) => randomPolicy(seeded(seed), rules));
  const RUNS = { numRuns: 60 };

  /** The list with one rule taken out, or with only those, in its place. */
  function without(site: BoundPolicy, side: Side, id: string): BoundPolicy {
    return { ...site, [side]: site[side].filter((each) => each.id !== id) };
  }

  test('a rule is shadowed or redundant where its list says the same without it, and only there', () => {
    fc.assert(
      fc.property(SITE, (whole) => {
        // One side alone, so that the other cannot hide what this one says.
        for (const side of ['egress', 'ingress'] as const) {
          const site = { ...whole, egress: [], ingress: [], [side]: whole[side] };
          const alone = {
            ...site,
            zones: site.zones.map((zone) => ({ ...zone, denies: false })),
            devices: [],
          };
          const { shadowed: hidden, redundant: idle } = ineffective(decider(alone));
          const found = [...hidden, ...idle].map((each) => each.rule).sort();
          const expected = alone[side]
            .filter(({ id }) => {
              const [a, b] = deciders([alone, without(alone, side, id)]);
              return a?.root === b?.root;
            })
            .map(({ id }) => id)
            .sort();
          expect(found).toEqual(expected);
        }
      }),
      RUNS,
    );
  });

  test('those who cover a rule cover it without the help of anybody else', () => {
    fc.assert(
      fc.property(SITE, (site) => {
        for (const { rule: id, side, by } of shadowed(decider(site))) {
          const hidden = site[side].find((each) => each.id === id);
          const kept = [...site.guard, ...site[side]].filter((each) => by.includes(each.id));
          if (hidden === undefined) throw new Error(id);
          const alone = { ...site, guard: [], egress: [], ingress: [] };
          const opposite = { ...hidden, action: 'deny' as const };
          const [a, b] = deciders([
            { ...alone, [side]: kept },
            { ...alone, [side]: [...kept, opposite] },
          ]);
          expect(a?.root).toBe(b?.root);
        }
      }),
      RUNS,
    );
  });

  test('a copy further down is always shadowed, by those that took it from the first', () => {
    fc.assert(
      fc.property(SITE, fc.integer({ min: 1, max: 1 << 29 }), (site, seed) => {
        const first = randomRule('first', seeded(seed), site.names);
        const copy = { ...first, id: 'copy' };
        const egress = [first, ...site.egress, copy];
        const found = shadowed(decider({ ...site, egress }));
        const by = found.find((each) => each.rule === 'copy')?.by;
        expect(by?.filter((id) => id.startsWith('e'))).toEqual([]);
        expect(redundant(decider({ ...site, egress })).some((each) => each.rule === 'copy')).toBe(
          false,
        );
      }),
      RUNS,
    );
  });
});
