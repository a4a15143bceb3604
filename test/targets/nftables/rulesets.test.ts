import { describe, expect, test } from 'vitest';
import { randomProbe, simulated } from '../../../lab/kernel/packets.ts';
import { randomPolicy } from '../../../lab/kernel/policies.ts';
import { Random } from '../../../lab/kernel/random.ts';
import { ROUTER } from '../../../lab/kernel/site.ts';
import type { Address } from '../../../src/base/address.ts';
import { contains } from '../../../src/base/address.ts';
import type { BoundPolicy } from '../../../src/model/bound-policy.ts';
import type { FilterProgram } from '../../../src/model/filter-program.ts';
import { decider } from '../../../src/policy/decide/decider.ts';
import { isAllowed, ofProgram } from '../../../src/policy/decide/program.ts';
import { simulateProgram } from '../../../src/policy/simulate/program.ts';
import { simulate } from '../../../src/policy/simulate/simulate.ts';
import { Simulator } from '../../../src/policy/simulate/simulator.ts';
import { nftables } from '../../../src/targets/nftables/nftables.ts';
import { compile } from '../../../src/targets/target.ts';
import { ANYONE, policy, rule, zone } from '../../policy/simulate/site.ts';
import { loadedTwice, obstacle } from './real-nft.ts';

const SEEDS = [11, 12, 13, 14, 15, 16];
const LIMITS = ['rates', 'connections', 'expires'] as const;

function programOf(text: string): FilterProgram {
  const parsed = nftables.parse(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  expect(parsed.notes).toEqual([]);
  return parsed.program;
}

function textOf(bound: BoundPolicy): string {
  return compile(nftables, bound).files[0]?.text ?? '';
}

function textOfBox(box: object): string {
  const parts = Object.entries(box).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** What is printed otherwise than it was written: the line, the words, times. */
function bare(program: FilterProgram): unknown {
  const chains = [...program.chains].map(([name, rules]) => [
    name,
    rules.map(({ id, boxes, verdict }) => ({
      id,
      verdict,
      boxes: boxes.map(({ opaque, ...box }) => textOfBox({ ...box, opaque: opaque && '?' })).sort(),
    })),
  ]);
  // The order of a set's elements is nft's own affair.
  const byName = chains.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return JSON.parse(
    JSON.stringify({ base: program.base, chains: byName }, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  );
}

describe.skipIf(obstacle !== undefined)('in the real nft', () => {
  test('an empty policy loads', () => {
    expect(loadedTwice(compile(nftables, policy()))).toContain('chain p_forward');
  });

  test.each(SEEDS)(
    'the policy of seed %i loads twice, and what nft lists means the same',
    (seed) => {
      const bound = randomPolicy(new Random(seed), 40);
      const artefact = compile(nftables, bound);
      const listed = loadedTwice(artefact);
      expect(bare(programOf(listed))).toEqual(bare(programOf(artefact.files[0]?.text ?? '')));
    },
  );
});

const VIEW = {
  isLocal: (address: Address): boolean =>
    ROUTER.interfaces.some(({ addresses }) =>
      addresses.some((own) => own.family === address.family && own.value === address.value),
    ),
  interfaceTo: (address: Address): string | undefined =>
    VIEW.isLocal(address) ? undefined : ROUTER.routes.find(({ to }) => contains(to, address))?.out,
};

test.each(SEEDS)('the ruleset of seed %i, read back, decides as the policy does', (seed) => {
  const random = new Random(seed);
  const bound = randomPolicy(random, 40, new Set(LIMITS));
  const program = programOf(textOf(bound));
  const simulator = new Simulator(bound, ROUTER);
  const wrong: string[] = [];
  for (let id = 1; id <= 1500; id += 1) {
    const probe = randomProbe(random, id);
    simulator.flush();
    const { state, decision } = simulator.packet(simulated(probe, 0));
    const out = VIEW.interfaceTo(probe.destination);
    const packet = { ...probe, state, ...(out === undefined ? {} : { outInterface: out }) };
    const { verdict, because } = simulateProgram(program, packet, VIEW);
    const wanted = { allow: 'accept', leave: 'accept', drop: 'drop', reject: 'reject' }[
      decision.verdict
    ];
    if (verdict !== wanted) wrong.push(`${id}: ${decision.because} But: ${because}`);
  }
  expect(wrong).toEqual([]);
});

test.each(SEEDS)('the ruleset of seed %i, read back, is the policy as a diagram too', (seed) => {
  const random = new Random(seed);
  const bound = randomPolicy(random, 20, new Set([...LIMITS, 'macs', 'nat']));
  const program = programOf(textOf(bound));
  const decided = decider(bound, { programs: [program] });
  const diagram = ofProgram(program, decided, { devices: bound.devices });
  const wrong: number[] = [];
  for (let id = 1; id <= 1500; id += 1) {
    const { sourceMac: _, ...probe } = randomProbe(random, id);
    const out = VIEW.interfaceTo(probe.destination);
    const connection = { ...probe, ...(out === undefined ? {} : { outInterface: out }) };
    const { verdict } = simulate(bound, connection);
    const passes = verdict === 'allow' || verdict === 'leave';
    if (isAllowed(diagram, connection) !== (passes ? 'yes' : 'no')) wrong.push(id);
  }
  expect(wrong).toEqual([]);
});

test('names of people reach no ruleset', () => {
  const bound = randomPolicy(new Random(3), 20);
  const named = (name: string): BoundPolicy => ({
    ...bound,
    zones: bound.zones.map((each) => ({ ...each, name })),
    devices: bound.devices.map((device) => ({ ...device, device: name })),
  });
  const hostile = ['"; flush ruleset; #', '}\ntable inet x {', '$(reboot)', '\u202e\0', 'accept'];
  for (const name of hostile) expect(textOf(named(name))).toBe(textOf(named('x')));
});

test('an id or an interface of another form is refused, never written', () => {
  const bound = policy({ zones: [zone('z_lan', ['a" accept'], [])] });
  expect(nftables.unsupported(bound)).toMatchObject([{ id: 'z_lan' }]);
  expect(() => compile(nftables, bound)).toThrow('z_lan');
  expect(() =>
    nftables.render({
      ...bound,
      egress: [rule('r', ANYONE, ANYONE, 'any', { fromZone: 'z_lan' })],
    }),
  ).toThrow('wrong form');
  const named = policy({ egress: [rule('r" drop', ANYONE, ANYONE, 'any')] });
  expect(() => nftables.render(named)).toThrow('wrong form');
});

test('no name is a word of nft', () => {
  const bound = randomPolicy(new Random(4), 40);
  const words = textOf(bound).matchAll(/^\t(?:chain|set|map) (\S+) \{$/gm);
  const names = Array.from(words, ([, name]) => name);
  expect(names.length).toBeGreaterThan(20);
  expect(
    names.filter((name) => !/^[a-z]+\d?_/.test(name ?? '') && !/^[a-z]+s_/.test(name ?? '')),
  ).toEqual([]);
});
