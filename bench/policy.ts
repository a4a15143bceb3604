import { readFileSync } from 'node:fs';
import type { BoundPolicy, BoundRule } from '../src/model/bound-policy.ts';
import type { Decider } from '../src/policy/decide/decider.ts';
import { decide, decider, deciders, updated } from '../src/policy/decide/decider.ts';
import { differenceOf } from '../src/policy/decide/difference.ts';
import { boxesOf } from '../src/policy/decide/flat.ts';
import { ineffective } from '../src/policy/decide/shadow.ts';
import type { Judged } from '../src/policy/simulate/match.ts';
import { Matcher } from '../src/policy/simulate/match.ts';
import type { Figure, Measured, Target } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { devicePolicy, overlappingPolicy, pointIn, seeded } from './_policies.ts';

const RUNS = 5;
const SEED = 20_261_125;
const POINTS = 20_000;
/** Asked of the list that is walked rule by rule: it takes its time. */
const LINEAR_POINTS = 1000;
const EDITS = 50;

function measure(): Promise<Measured> {
  const large = devicePolicy(10_000, 4, seeded(SEED));
  const figures = [
    built('1,000 device rules: decided', devicePolicy(1000, 4, seeded(SEED))),
    built('10,000 device rules: decided', large, { atMost: 3 }),
    built('10,000 device rules, IPv6: decided', devicePolicy(10_000, 6, seeded(SEED)), {
      atMost: 3,
    }),
    built('1,000 overlapping rules: decided', overlappingPolicy(1000, seeded(SEED))),
    built('5,000 overlapping rules: decided', overlappingPolicy(5000, seeded(SEED)), {
      atMost: 3,
    }),
    ...comparisons(large),
    ...questions(large),
    { name: 'peak memory of all of it', unit: 'MiB', ours: peak(), target: { atMost: 1024 } },
  ];
  const notes = [
    `Seed ${SEED}; medians of ${RUNS} runs. The same 10,000 rules are on the egress side, those between`,
    'devices on the ingress side too. The peer of point queries is the list walked rule by rule; both',
    `agree on ${LINEAR_POINTS} connections, or the bench ends without figures.`,
  ];
  return Promise.resolve({ figures, notes });
}

function built(name: string, policy: BoundPolicy, target?: Target): Figure {
  const ours = median(Array.from({ length: RUNS }, () => seconds(() => decider(policy))));
  return { name, unit: 's', ours, ...(target === undefined ? {} : { target }) };
}

function comparisons(policy: BoundPolicy): Figure[] {
  const other = { ...policy, egress: policy.egress.map(slightlyOther) };
  const differences = Array.from({ length: RUNS }, () => {
    const [a, b] = deciders([policy, other]);
    if (a === undefined || b === undefined) throw new Error('two policies, two deciders');
    return seconds(() => {
      if (differenceOf(a, b).equal) throw new Error('the difference was not found');
    });
  });
  const edits = editTimes(policy);
  const whole = decider(policy);
  return [
    {
      name: 'difference of two, 100 rules apart, with witnesses',
      unit: 's',
      ours: median(differences),
      target: { atMost: 0.5 },
    },
    {
      name: 'one rule edited, anywhere: decided again',
      unit: 'ms',
      ours: median(edits.map(({ decided }) => decided)) * 1000,
      target: { atMost: 10 },
    },
    {
      name: 'the same: its difference',
      unit: 'ms',
      ours: median(edits.map(({ compared }) => compared)) * 1000,
    },
    { name: 'shadowed and redundant rules', unit: 's', ours: seconds(() => ineffective(whole)) },
    { name: 'disjoint boxes', unit: 's', ours: seconds(() => boxesOf(whole)) },
    { name: 'disjoint boxes: number', unit: '', ours: boxesOf(whole).length },
  ];
}

function slightlyOther(rule: BoundRule, index: number): BoundRule {
  return index % 100 === 0 ? edited(rule, 4711) : rule;
}

function edited(rule: BoundRule, port: number): BoundRule {
  const match = { protocol: 6, destinationPorts: [{ from: port, to: port + 2 }] };
  return { ...rule, matches: [match] };
}

function editTimes(policy: BoundPolicy): { decided: number; compared: number }[] {
  const random = seeded(SEED);
  let current = decider(policy);
  return Array.from({ length: EDITS }, (_, edit) => {
    const before: Decider = current;
    const at = random(policy.egress.length);
    const egress = before.policy.egress.map((rule, index) =>
      index === at ? edited(rule, 5000 + edit) : rule,
    );
    const after = { ...before.policy, egress };
    const decided = seconds(() => {
      current = updated(before, after);
    });
    const compared = seconds(() => {
      if (differenceOf(before, current).equal) throw new Error('the edit was not found');
    });
    return { decided, compared };
  });
}

function questions(policy: BoundPolicy): Figure[] {
  const random = seeded(SEED);
  const points = Array.from({ length: POINTS }, () => pointIn(policy, random));
  const diagram = decider(policy);
  const few = points.slice(0, LINEAR_POINTS);
  const answers: string[] = [];
  const slow = seconds(() => {
    for (const point of few) answers.push(linear(policy, point));
  });
  for (const [index, point] of few.entries()) {
    const { verdict } = decide({ ...diagram, inForce: diagram.root }, point);
    if (verdict !== answers[index]) throw new Error(`they differ on connection ${index}`);
  }
  const times = Array.from({ length: RUNS }, () =>
    seconds(() => {
      for (const point of points) decide(diagram, point);
    }),
  );
  const ours = POINTS / median(times);
  const peer = LINEAR_POINTS / slow;
  return [
    {
      name: 'connections decided a second; list: rule by rule',
      unit: '/s',
      ours,
      peer,
      ratio: ours / peer,
    },
    { name: 'the same: times the list', unit: '', ours: ours / peer, target: { atLeast: 20 } },
  ];
}

const matchers = new WeakMap<BoundPolicy, Matcher>();

/** First match of each list, then who is managed: no index, no diagram. */
function linear(policy: BoundPolicy, point: Judged): string {
  const matcher = matchers.get(policy) ?? new Matcher(policy);
  matchers.set(policy, matcher);
  if (policy.guard.some((rule) => matcher.matches(rule, point))) return 'allow';
  const { source, destination, inInterface, outInterface } = point;
  const sides = [
    [policy.egress, source, inInterface] as const,
    [policy.ingress, destination, outInterface] as const,
  ].map(([rules, address, face]) => {
    const rule = rules.find((each) => matcher.matches(each, point));
    if (rule !== undefined) return rule.action === 'deny' ? 'drop' : rule.action;
    const owned =
      face !== undefined &&
      policy.devices.some(({ addresses }) =>
        addresses.some(
          ({ family, from, to }) =>
            family === address.family && from <= address.value && address.value <= to,
        ),
      );
    const denies = policy.zones.some(
      (zone) => zone.denies && matcher.zoneHas(zone.id, face, address),
    );
    return owned || denies ? policy.refuse : 'leave';
  });
  const denied = sides.find((side) => side === 'drop' || side === 'reject');
  return denied ?? (sides.includes('allow') ? 'allow' : 'leave');
}

function seconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** The kernel's VmHWM, which forgets nothing. */
function peak(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

await runBench({ title: 'Deciding policies', measure });
