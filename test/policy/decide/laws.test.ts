import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import { decide, decider, deciders, updated } from '../../../src/policy/decide/decider.ts';
import { differenceOf, isNotWider } from '../../../src/policy/decide/difference.ts';
import { boxesOf } from '../../../src/policy/decide/flat.ts';
import { NOTHING, orElse } from '../../../src/policy/decide/outcomes.ts';
import { entriesOf } from '../../../src/policy/decide/sequence.ts';
import { ANYONE, rule } from '../simulate/site.ts';
import { boxHas } from './box-has.ts';
import { linear } from './linear.ts';
import { randomConnection, randomPolicy, randomRule, seeded } from './random-site.ts';

/** fast-check prints the seed, and the smallest policy that breaks a law. */
const SITE = fc
  .tuple(fc.integer({ min: 1, max: 1 << 29 }), fc.integer({ min: 1, max: 14 }))
  .map(([seed, rules]) => ({ seed, site: randomPolicy(seeded(seed), rules) }));
const RUNS = { numRuns: 60 };

function pair(a: BoundPolicy, b: BoundPolicy, names: 'resolved' | 'symbolic' = 'resolved') {
  const [x, y] = deciders([a, b], { names });
  if (x === undefined || y === undefined) throw new Error('two deciders');
  return [x, y] as const;
}

/** Neighbours with the same action change places. */
function reordered(site: BoundPolicy): BoundPolicy {
  const egress = [...site.egress];
  for (let index = 1; index < egress.length; index += 1) {
    const [a, b] = [egress[index - 1], egress[index]];
    if (a !== undefined && b?.action === a.action) egress.splice(index - 1, 2, b, a);
  }
  return { ...site, egress };
}

describe('laws of the diagram', () => {
  test('filled from the front, overridden from the back or joined by halves: the same root', () => {
    fc.assert(
      fc.property(SITE, ({ site }) => {
        const { space, lists } = decider(site);
        const roots = entriesOf(lists.egress).map(({ root }) => root);
        const filled = roots.reduce((all, next) => space.apply(orElse, all, next), NOTHING);
        const overridden = roots.reduceRight(
          (all, next) => space.apply(orElse, next, all),
          NOTHING,
        );
        expect([filled, overridden]).toEqual([lists.egress?.root, lists.egress?.root]);
      }),
      RUNS,
    );
  });

  test('rules of one action may change places: the root stays', () => {
    fc.assert(
      fc.property(SITE, ({ site }) => {
        const [a, b] = pair(site, reordered(site), 'symbolic');
        expect(a.root).toBe(b.root);
        expect(differenceOf(a, b).equal).toBe(true);
      }),
      RUNS,
    );
  });

  test('a rule and its complement are everything: what follows is never asked', () => {
    fc.assert(
      fc.property(SITE, ({ seed, site }) => {
        const first = randomRule('first', seeded(seed + 1));
        const rest = complementOf('rest');
        const [a, b] = pair(
          { ...site, egress: [first, rest] },
          { ...site, egress: [first, rest, ...site.egress] },
          'symbolic',
        );
        expect(a.root).toBe(b.root);
      }),
      RUNS,
    );
  });

  test('an edit in place is what building anew gives, and is found again by its difference', () => {
    fc.assert(
      fc.property(SITE, ({ seed, site }) => {
        const random = seeded(seed + 2);
        const egress = [...site.egress];
        const at = random(egress.length);
        const fresh = randomRule('fresh', random, site.names);
        egress.splice(at, random(2), ...[fresh].slice(random(2)));
        const after = { ...site, egress };
        const before = decider(site);
        const edited = updated(before, after);
        for (let point = 0; point < 100; point += 1) {
          const connection = randomConnection(random);
          expect(decide(edited, connection)).toEqual(linear(after, connection, 'resolved'));
          // Who holds the former one still has the former one.
          expect(decide(before, connection)).toEqual(linear(site, connection, 'resolved'));
        }
        if (edited.space !== before.space) return;
        expect(edited.root).toBe(updated(edited, { ...after }).root);
        expect(updated(edited, site).root).toBe(before.root);
      }),
      RUNS,
    );
  });
});

describe('laws of difference and containment', () => {
  test('it is empty where the ids are equal, and its examples fare as it says', () => {
    fc.assert(
      fc.property(SITE, fc.integer({ min: 1, max: 1 << 29 }), ({ site }, seed) => {
        const random = seeded(seed);
        const egress = site.egress.map((each, index) =>
          index === random(site.egress.length) ? randomRule(each.id, random, site.names) : each,
        );
        const after = { ...site, egress };
        for (const names of ['resolved', 'symbolic'] as const) {
          const [a, b] = pair(site, after, names);
          const difference = differenceOf(a, b);
          const { newlyAllowed, newlyDenied, changed } = difference;
          const changes = [...newlyAllowed, ...newlyDenied, ...changed];
          expect(difference.equal).toBe(a.root === b.root);
          expect(changes.length === 0).toBe(difference.equal);
          for (const { packet, before, after: then, boxes } of changes) {
            const enforced = (policy: BoundPolicy) =>
              linear(enforcing(policy), packet, names).verdict;
            expect([enforced(site), enforced(after)]).toEqual([before, then]);
            expect(before).not.toBe(then);
            expect(boxes.some((box) => boxHas(box, packet, a.domain))).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  test('connections that fare otherwise are in it, and only they', () => {
    fc.assert(
      fc.property(SITE, SITE, ({ seed, site }, { site: other }) => {
        const after = { ...other, names: site.names, zones: site.zones, devices: site.devices };
        const [a, b] = pair(site, after);
        const { newlyAllowed, newlyDenied, changed } = differenceOf(a, b, { trial: 'in force' });
        const boxes = [...newlyAllowed, ...newlyDenied, ...changed].flatMap((each) => each.boxes);
        const random = seeded(seed);
        for (let point = 0; point < 100; point += 1) {
          const connection = nameless(randomConnection(random));
          const [x, y] = [site, after].map((each) => linear(each, connection, 'resolved').verdict);
          const holding = boxes.filter((box) => boxHas(box, connection, a.domain));
          expect(holding.length).toBe(x === y ? 0 : 1);
        }
      }),
      RUNS,
    );
  });

  test('less is not wider than more: a deny in front narrows, an allow in front widens', () => {
    fc.assert(
      fc.property(SITE, ({ seed, site }) => {
        const front = randomRule('front', seeded(seed + 3), site.names);
        const denying = {
          ...site,
          egress: [{ ...front, action: 'deny' as const }, ...site.egress],
        };
        const [a, b] = pair(site, denying, 'symbolic');
        expect(isNotWider(denying, site)).toBe(true);
        if (a.root !== b.root && site.refuse === 'drop' && onlyDrops(site)) {
          expect(isNotWider(site, denying)).toBe(false);
        }
      }),
      RUNS,
    );
  });
});

describe('laws of disjoint boxes', () => {
  test('each connection is in the one box that says what becomes of it, or left alone in none', () => {
    fc.assert(
      fc.property(SITE, ({ seed, site }) => {
        const diagram = decider(site);
        const boxes = boxesOf(diagram);
        const random = seeded(seed);
        for (let point = 0; point < 100; point += 1) {
          const connection = nameless(randomConnection(random));
          const holding = boxes.filter((box) => boxHas(box, connection, diagram.domain));
          const { verdict } = linear(site, connection, 'resolved');
          expect(holding.map((box) => box.verdict)).toEqual(verdict === 'leave' ? [] : [verdict]);
        }
      }),
      RUNS,
    );
  });
});

/** Behind a rule that allows: everything else. */
function complementOf(id: string): BoundRule {
  return rule(id, ANYONE, ANYONE, 'any', { action: 'deny' });
}

function nameless({ name: _name, ...rest }: ReturnType<typeof randomConnection>) {
  return rest;
}

function enforcing(site: BoundPolicy): BoundPolicy {
  return { ...site, devices: site.devices.map((device) => ({ ...device, trial: false })) };
}

function onlyDrops({ egress, ingress }: BoundPolicy): boolean {
  return [...egress, ...ingress].every(({ action }) => action !== 'reject');
}
