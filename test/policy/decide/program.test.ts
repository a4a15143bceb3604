import { describe, expect, test } from 'vitest';
import { portSet } from '../../../src/base/port-set.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type {
  BaseChain,
  FilterBox,
  FilterProgram,
  FilterRule,
  FilterVerdict,
} from '../../../src/model/filter-program.ts';
import { Domain, FIELD_COUNT } from '../../../src/policy/decide/domain.ts';
import { isAllowed, ofProgram } from '../../../src/policy/decide/program.ts';
import { sameAs } from '../../../src/policy/decide/same.ts';
import { Space } from '../../../src/policy/decide/space.ts';
import type { Judged } from '../../../src/policy/simulate/match.ts';
import { ANYONE, at, device, packet, policy, rule } from '../simulate/site.ts';
import type { Random } from './random-site.ts';
import { pick, randomConnection, randomRule, seeded } from './random-site.ts';
import { walked } from './walker.ts';

const BASE: BaseChain = {
  chain: 'top',
  hook: 'forward',
  kind: 'filter',
  priority: 0,
  verdict: 'accept',
};

function line(verdict: FilterVerdict | undefined, ...boxes: readonly FilterBox[]): FilterRule {
  return { text: '', line: 1, boxes, ...(verdict === undefined ? {} : { verdict }) };
}

function program(
  chains: Readonly<Record<string, readonly FilterRule[]>>,
  ...base: readonly BaseChain[]
): FilterProgram {
  return { base: base.length === 0 ? [BASE] : base, chains: new Map(Object.entries(chains)) };
}

function diagramOf(read: FilterProgram) {
  return ofProgram(read, {
    space: new Space(FIELD_COUNT),
    domain: new Domain([], 'resolved', [read]),
  });
}

const DROP = { kind: 'drop' } as const;
const ACCEPT = { kind: 'accept' } as const;
const WEB: FilterBox = { protocols: [6], destinationPorts: [{ from: 80, to: 80 }] };
const PACKET = packet('lan0 192.168.1.7 → wan0 203.0.113.9 tcp/80');

describe('one packet to TCP port 80', () => {
  test.each<[string, FilterProgram, 'yes' | 'no' | 'unknown']>([
    ['is dropped by a rule for it', program({ top: [line(DROP, WEB)] }), 'no'],
    [
      'is not dropped by a rule for UDP',
      program({ top: [line(DROP, { ...WEB, protocols: [17] })] }),
      'yes',
    ],
    ['meets the first rule first', program({ top: [line(ACCEPT, WEB), line(DROP, {})] }), 'yes'],
    [
      'may be dropped where a rate has its say',
      program({ top: [line(DROP, { ...WEB, opaque: 'limit' })] }),
      'unknown',
    ],
    [
      'is accepted whatever the rate says, by what follows',
      program({
        top: [line(ACCEPT, { ...WEB, opaque: 'limit' }), line(ACCEPT, WEB), line(DROP, {})],
      }),
      'yes',
    ],
    [
      'is dropped where it certainly matches, beside an uncertain box',
      program({ top: [line(DROP, { opaque: 'mark' }, WEB)] }),
      'no',
    ],
    [
      'comes back from a chain that it jumped to',
      program({ top: [line({ kind: 'jump', chain: 'sub' }, WEB), line(DROP, {})], sub: [] }),
      'no',
    ],
    [
      'does not come back after a goto',
      program({ top: [line({ kind: 'goto', chain: 'sub' }, WEB), line(DROP, {})], sub: [] }),
      'yes',
    ],
    [
      'goes on behind the jump that led to a goto',
      program({
        top: [line({ kind: 'jump', chain: 'mid' }, {}), line(DROP, {})],
        mid: [line({ kind: 'goto', chain: 'end' }, {}), line(ACCEPT, {})],
        end: [],
      }),
      'no',
    ],
    [
      'returns to the base chain’s verdict',
      program(
        { top: [line({ kind: 'return' }, WEB), line(ACCEPT, {})] },
        { ...BASE, verdict: 'drop' },
      ),
      'no',
    ],
    [
      'is not asked about established connections',
      program({ top: [line(DROP, { states: ['established'] })] }),
      'yes',
    ],
    ['passes rules that only count', program({ top: [line(undefined, WEB)] }), 'yes'],
    [
      'accepted by one base chain, is dropped by the next',
      program({ top: [line(ACCEPT, {})], later: [line(DROP, {})] }, BASE, {
        ...BASE,
        chain: 'later',
        priority: 10,
      }),
      'no',
    ],
    [
      'dropped by one base chain, never sees the next',
      program({ top: [line(ACCEPT, {})], early: [line(DROP, {})] }, BASE, {
        ...BASE,
        chain: 'early',
        priority: -10,
      }),
      'no',
    ],
    [
      'through the router, is none of input’s business',
      program({ top: [line(DROP, {})] }, { ...BASE, hook: 'input' }),
      'yes',
    ],
    [
      'is dropped in prerouting before all',
      program({ top: [], pre: [line(DROP, WEB)] }, BASE, {
        ...BASE,
        chain: 'pre',
        hook: 'prerouting',
      }),
      'no',
    ],
    [
      'is not decided by chains that translate',
      program({ top: [line(DROP, {})] }, { ...BASE, kind: 'nat' }),
      'yes',
    ],
    [
      'comes in by an interface with the prefix',
      program({ top: [line(DROP, { inputs: ['lan*'] })] }),
      'no',
    ],
    [
      'does not come in by another than the prefix',
      program({ top: [line(DROP, { notInputs: ['lan*'] })] }),
      'yes',
    ],
    [
      'may come from the MAC, which we do not know',
      program({ top: [line(DROP, { sourceMacs: ['02:00:00:00:00:01'] })] }),
      'unknown',
    ],
  ])('%s', (_, read, expected) => {
    expect(isAllowed(diagramOf(read), PACKET)).toBe(expected);
  });

  test.each([
    [
      'jump in a circle',
      program({
        top: [line({ kind: 'jump', chain: 'a' }, {})],
        a: [line({ kind: 'goto', chain: 'top' }, {})],
      }),
      'circle',
    ],
    ['are missing', program({ top: [line({ kind: 'jump', chain: 'gone' }, {})] }), '"gone"'],
  ])('chains that %s are an error', (_, read, words) => {
    expect(() => diagramOf(read)).toThrow(words);
  });
});

test('sixty random programs say of 24,000 random packets what a walk rule by rule says', () => {
  const seed = 1 + Math.floor(Math.random() * 1_000_000);
  process.stdout.write(`program.test.ts: seed ${seed}\n`);
  const seen = { yes: 0, no: 0, unknown: 0 };
  for (let run = 0; run < 60; run += 1) {
    const random = seeded(seed + run * 104_729);
    const read = randomProgram(random);
    const diagram = diagramOf(read);
    for (let point = 0; point < 400; point += 1) {
      const { name: _name, ...connection } = randomConnection(random);
      const [answer, expected] = [isAllowed(diagram, connection), byWalk(read, connection)];
      seen[expected] += 1;
      if (answer === expected) continue;
      expect.fail(`seed ${seed} run ${run}: ${answer}, not ${expected}: ${print(connection)}`);
    }
  }
  // Each answer has been asked for, else the agreement says little.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});

function byWalk(read: FilterProgram, connection: Judged): 'yes' | 'no' | 'unknown' {
  const outcomes = walked(read, connection);
  if (!outcomes.has('accept')) return 'no';
  return outcomes.size === 1 ? 'yes' : 'unknown';
}

describe('a ruleset and the policy that it was made of', () => {
  const BULB = '192.168.20.5';
  const site = policy({
    devices: [
      device('bulb', [BULB, 'fd00:20::5'], { macs: ['02:00:00:00:00:05'] }),
      device('tv', ['192.168.1.7'], { trial: true }),
    ],
    guard: [rule('ptl-guard', at('192.168.1.2'), ANYONE, 'tcp/22', { toZone: 'self' })],
    egress: [
      rule('cloud', at(BULB), at('203.0.113.0/24'), 'tcp/443,8883 udp/53'),
      rule('limited', at(BULB, 'fd00:20::5'), ANYONE, 'udp/123', {
        rate: { packets: 5, per: 'second', burst: 5, key: 'rule' },
      }),
      rule('no', at('fd00:20::5'), ANYONE, 'tcp', { action: 'reject', toZone: 'wan' }),
    ],
    ingress: [rule('in', ANYONE, at(BULB), 'tcp/80', { fromZone: 'lan' })],
  });

  test('are the same', () => {
    expect(sameAs(site, rendered(site))).toEqual({ same: true, deviations: [], more: false });
  });

  test.each<[string, (rules: FilterRule[]) => FilterRule[], string]>([
    ['a rule is missing', (rules) => rules.filter(({ id }) => id !== 'cloud'), 'allow→drop'],
    [
      'a port is missing',
      (rules) =>
        rules.map((each) =>
          each.id === 'cloud' ? { ...each, boxes: each.boxes.map(withoutPorts) } : each,
        ),
      'drop→allow',
    ],
    [
      'a limit is missing',
      (rules) => rules.filter(({ text }) => text !== 'over'),
      'allow/drop→allow',
    ],
    ['the order is turned', (rules) => [...rules].reverse(), '→'],
  ])('differ where %s', (_, change, expected) => {
    const { base, chains } = rendered(site);
    const changed = new Map([...chains].map(([name, rules]) => [name, change([...rules])]));
    const { same, deviations } = sameAs(site, { base, chains: changed });
    expect(same).toBe(false);
    const words = deviations.map((each) => `${each.policy.join('/')}→${each.program.join('/')}`);
    expect(words.join(' ')).toContain(expected);
    expect(deviations.every(({ boxes }) => boxes.length > 0)).toBe(true);
  });
});

function withoutPorts({ destinationPorts: _ports, ...box }: FilterBox): FilterBox {
  return box;
}

/** The plainest ruleset there is for a policy: its two lists, one after the other. */
function rendered(site: BoundPolicy): FilterProgram {
  const spoofed = site.devices
    .filter(({ macs }) => macs.length > 0)
    .map(({ macs, addresses: sources }) => line(DROP, { sources, notSourceMacs: macs }));
  const lists = (['egress', 'ingress'] as const).map((side) => [
    ...site[side].flatMap((each) => linesOf(site, each, side)),
    ...site.devices
      .filter(({ trial }) => !trial)
      .map((each) =>
        line(
          DROP,
          side === 'egress'
            ? { sources: each.addresses }
            : { destinations: each.addresses, local: false },
        ),
      ),
  ]);
  const top = [
    ...site.guard.flatMap((each) => linesOf(site, each, 'guard')),
    ...spoofed,
    line({ kind: 'jump', chain: 'egress' }, {}),
    line({ kind: 'jump', chain: 'ingress' }, {}),
  ];
  const chains = new Map([
    ['top', top],
    ['egress', lists[0] ?? []],
    ['ingress', lists[1] ?? []],
  ]);
  return { base: [BASE, { ...BASE, hook: 'input' }], chains };
}

function linesOf(
  site: BoundPolicy,
  each: BoundPolicy['egress'][number],
  list: 'guard' | 'egress' | 'ingress',
): FilterRule[] {
  const faces = (id: string | undefined) => site.zones.find((zone) => zone.id === id)?.interfaces;
  const [inputs, outputs] = [faces(each.fromZone), faces(each.toZone)];
  const boxes = each.matches.map(
    ({ protocol, destinationPorts, types }): FilterBox => ({
      sources: each.from.ranges,
      destinations: each.to.ranges,
      ...(inputs === undefined ? {} : { inputs }),
      ...(outputs === undefined ? {} : { outputs }),
      ...(each.toZone === 'self' ? { local: true } : {}),
      ...(protocol === undefined ? {} : { protocols: [protocol] }),
      ...(destinationPorts === undefined ? {} : { destinationPorts }),
      ...(types === undefined ? {} : { types }),
    }),
  );
  const passed = list === 'guard' ? 'accept' : 'return';
  const verdicts = { allow: passed, deny: 'drop', reject: 'reject' } as const;
  const main = { ...line({ kind: verdicts[each.action] }, ...boxes), id: each.id };
  if (each.rate === undefined) return [main];
  const over = boxes.map((box) => ({ ...box, opaque: 'limit rate over 5/second' }));
  return [{ ...line(DROP, ...over), text: 'over' }, main];
}

function randomProgram(random: Random): FilterProgram {
  const names = ['a', 'b', 'c', 'd'];
  const chains = names.map((name, index) => {
    const later = names.slice(index + 1);
    const rules = Array.from({ length: 1 + random(5) }, () => randomLine(random, later));
    return [name, rules] as const;
  });
  const hooks = ['prerouting', 'input', 'forward', 'postrouting'] as const;
  const base = Array.from({ length: 1 + random(4) }, (_, index) => ({
    chain: names[index] ?? 'a',
    hook: pick(random, hooks) ?? 'forward',
    kind: random(5) === 0 ? ('nat' as const) : ('filter' as const),
    priority: random(100) * 4 + index,
    verdict: random(3) === 0 ? ('drop' as const) : ('accept' as const),
  }));
  return { base, chains: new Map(chains) };
}

function randomLine(random: Random, later: readonly string[]): FilterRule {
  const chain = pick(random, later);
  const kind = pick(random, [
    'accept',
    'drop',
    'reject',
    'return',
    'jump',
    'goto',
    undefined,
  ] as const);
  const boxes = Array.from({ length: 1 + random(2) }, () => randomBox(random));
  if (kind === undefined) return line(undefined, ...boxes);
  if (kind !== 'jump' && kind !== 'goto') return line({ kind }, ...boxes);
  return chain === undefined ? line(DROP, ...boxes) : line({ kind, chain }, ...boxes);
}

function randomBox(random: Random): FilterBox {
  const { from, to, matches } = randomRule('x', random);
  const [match = {}] = matches;
  const faces = ['iot0', 'lan*', 'lan1', 'wan0', 'l*'];
  const maybe = <T>(value: T): T | undefined => (random(4) === 0 ? value : undefined);
  const box = {
    inputs: maybe([pick(random, faces) ?? 'iot0']),
    notInputs: maybe([pick(random, faces) ?? 'iot0']),
    outputs: maybe([pick(random, faces) ?? 'iot0', 'tun7']),
    notOutputs: maybe([pick(random, faces) ?? 'iot0']),
    sources: random(2) === 0 ? from.ranges : undefined,
    destinations: random(2) === 0 ? to.ranges : undefined,
    protocols: match.protocol === undefined ? undefined : [match.protocol, 17],
    destinationPorts: maybe(portSet(match.destinationPorts ?? [{ from: 80, to: 443 }])),
    types: maybe(match.types ?? [8]),
    states: maybe(random(2) === 0 ? (['new', 'established'] as const) : (['related'] as const)),
    translated: maybe(random(2) === 0),
    local: maybe(random(2) === 0),
    opaque: maybe('limit'),
    notSourceMacs: random(12) === 0 ? ['02:00:00:00:00:01'] : undefined,
  };
  const asked = Object.entries(box).filter(([, value]) => value !== undefined);
  return Object.fromEntries(asked);
}

function print(connection: Judged): string {
  return JSON.stringify(connection, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
}
