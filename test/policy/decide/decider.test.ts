import { expect, test } from 'vitest';
import { PortolanError } from '../../../src/base/errors.ts';
import { decide, decider } from '../../../src/policy/decide/decider.ts';
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
        const expected = linear(site, connection, names);
        const decided = decide(diagram, connection);
        const isSame =
          decided.verdict === expected.verdict && decided.wouldBlock === expected.wouldBlock;
        if (!isSame) expect(decided, `seed ${seed} run ${run} point ${point}`).toEqual(expected);
        const key = `${expected.verdict}${expected.wouldBlock ? ' in trial' : ''}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    // Each outcome has been asked for, else the agreement says little.
    for (const key of ['allow', 'drop', 'reject', 'leave', 'leave in trial', 'allow in trial']) {
      expect(seen.get(key) ?? 0, key).toBeGreaterThan(20);
    }
  },
);

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
