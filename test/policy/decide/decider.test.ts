import { expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { decide, decider, updated } from '../../../src/policy/decide/decider.ts';
import { addresses, at, device, packet, policy, rule } from '../simulate/site.ts';
import { linear } from './linear.ts';
import { randomConnection, randomPolicy, seeded } from './random-site.ts';

const RUNS = 40;
const POINTS = 600;

test.each(['resolved', 'symbolic'] as const)(
  'forty random policies decide 24,000 random connections as rule after rule does, names %s',
  (names) => {
    const seed = 1 + Math.floor(Math.random() * 1_000_000);
    process.stdout.write(`decider.test.ts: seed ${seed}\n`);
    const seen = new Map<string, number>();
    for (let run = 0; run < RUNS; run += 1) {
      const random = seeded(seed + run * 7919);
      const site = randomPolicy(random, 1 + random(20));
      const diagram = decider(site, { names });
      for (let point = 0; point < POINTS; point += 1) {
        const connection = randomConnection(random);
        const expected = words(linear(site, connection, names));
        const decided = words(decide(diagram, connection));
        if (decided !== expected) {
          expect.fail(`seed ${seed} run ${run} point ${point}: ${decided}, not ${expected}`);
        }
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
      }
    }
    // Each outcome has been asked for, else the agreement says little.
    for (const key of ['allow', 'drop', 'reject', 'leave', 'leave in trial', 'allow in trial']) {
      expect(seen.get(key) ?? 0, key).toBeGreaterThan(5);
    }
  },
);

function words({ verdict, wouldBlock }: ReturnType<typeof decide>): string {
  return `${verdict}${wouldBlock ? ' in trial' : ''}`;
}

test('names are things of their own by symbol, and addresses where they are resolved', () => {
  const site = policy({
    devices: [device('bulb', ['192.168.20.5'])],
    names: [{ id: 'cloud', patterns: ['*.cdn.example'], addresses: addresses('203.0.113.9') }],
    egress: [
      rule('r1', at('192.168.20.5'), { ranges: [], names: ['cloud'], devices: [] }, 'tcp/443'),
    ],
  });
  const known = packet('iot0 192.168.20.5 → wan0 203.0.113.9 tcp/443');
  const moved = packet('iot0 192.168.20.5 → wan0 203.0.113.77 tcp/443', { name: 'A.cdn.example.' });
  const [symbolic, resolved] = [decider(site, { names: 'symbolic' }), decider(site)];
  expect([known, moved].map((each) => decide(symbolic, each).verdict)).toEqual(['drop', 'allow']);
  expect([known, moved].map((each) => decide(resolved, each).verdict)).toEqual(['allow', 'drop']);
});

test('a policy beyond the budget of nodes is refused, with the rule at which it broke', () => {
  const site = randomPolicy(seeded(7), 40);
  const refused = () => decider(site, { budget: 200 });
  expect(refused).toThrow(PortolanError);
  expect(refused).toThrow(/^Rule "[gei]\w*" and the rules beside it .* \(200 nodes\)$/);
});

test('rules read anew from the same file share what was decided before', () => {
  const site = randomPolicy(seeded(11), 12);
  const before = decider(site);
  const again = updated(before, structuredClone(site));
  expect([again.space, again.root]).toEqual([before.space, before.root]);
  const { made } = before.space;
  updated(before, structuredClone(site));
  expect(before.space.made).toBe(made);
});

test('other zones, devices or names are decided in a space of their own', () => {
  const site = randomPolicy(seeded(11), 12);
  const before = decider(site);
  expect(updated(before, { ...site, devices: [device('new', ['10.0.0.3'])] }).space).not.toBe(
    before.space,
  );
  expect(updated(before, { ...site, names: [] }).space).not.toBe(before.space);
});

test('where no label is left between two addresses it is decided anew, and rightly', () => {
  const base = policy({ devices: [device('bulb', ['10.0.0.1'])] });
  let current = decider(base);
  const spaces = new Set([current.space]);
  // Each one just above the last: the room between two labels is halved each time.
  for (let last = 2; last < 80; last += 1) {
    const egress = [rule('r', at('10.0.0.1'), at(`10.0.0.${last}`), 'tcp')];
    current = updated(current, { ...base, egress });
    spaces.add(current.space);
    const to = (address: string) => packet(`iot0 10.0.0.1 → wan0 ${address} tcp/1`);
    const verdicts = [`10.0.0.${last}`, `10.0.0.${last + 1}`].map(
      (each) => decide(current, to(each)).verdict,
    );
    expect(verdicts).toEqual(['allow', 'drop']);
  }
  expect(spaces.size).toBeGreaterThan(1);
});
