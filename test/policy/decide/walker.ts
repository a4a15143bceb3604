import { hasAddress } from '../../../src/base/address-set.ts';
import { hasPort } from '../../../src/base/port-set.ts';
import type {
  BaseChain,
  FilterBox,
  FilterProgram,
  FilterRule,
} from '../../../src/model/filter-program.ts';
import type { Judged } from '../../../src/policy/simulate/match.ts';

export type Outcome = 'accept' | 'drop' | 'reject';

/** What a chain may come to: an outcome, its end, or a return. */
type Step = Outcome | 'end' | 'return';

/**
 * Walks a firewall's rules for one packet as the kernel does, twice where a condition cannot be
 * decided: all that may become of it. Reads nothing but the comments of `FilterProgram`.
 */
export function walked(program: FilterProgram, packet: Judged): ReadonlySet<Outcome> {
  const outcomes = new Set<Outcome>();
  for (const { chain, verdict } of baseOf(program, packet)) {
    const steps = [...run(program, rulesOf(program, chain), packet)];
    const ended = steps.map((step) => (step === 'end' || step === 'return' ? verdict : step));
    for (const each of ended) if (each !== 'accept') outcomes.add(each);
    if (!ended.includes('accept')) return outcomes;
  }
  return outcomes.add('accept');
}

function baseOf({ base }: FilterProgram, { outInterface }: Judged): readonly BaseChain[] {
  const self = ['prerouting', 'input'] as const;
  const hooks =
    outInterface === undefined ? self : (['prerouting', 'forward', 'postrouting'] as const);
  return hooks.flatMap((hook) =>
    base
      .filter((each) => each.hook === hook && each.kind === 'filter')
      .toSorted((a, b) => a.priority - b.priority),
  );
}

function rulesOf({ chains }: FilterProgram, name: string): readonly FilterRule[] {
  return chains.get(name) ?? [];
}

function run(
  program: FilterProgram,
  rules: readonly FilterRule[],
  packet: Judged,
): ReadonlySet<Step> {
  const [rule, ...rest] = rules;
  if (rule === undefined) return new Set(['end']);
  const goOn = (): ReadonlySet<Step> => run(program, rest, packet);
  const match = matchOf(rule.boxes, packet);
  if (match === 'no' || rule.verdict === undefined) return goOn();
  const steps = new Set<Step>(match === 'perhaps' ? goOn() : []);
  for (const step of effect(program, rule, packet)) {
    if (step === 'end') for (const each of goOn()) steps.add(each);
    else steps.add(step);
  }
  return steps;
}

/** `end` is: go on behind this rule. */
function effect(program: FilterProgram, { verdict }: FilterRule, packet: Judged): Iterable<Step> {
  if (verdict === undefined) return ['end'];
  if (verdict.kind === 'jump' || verdict.kind === 'goto') {
    const steps = [...run(program, rulesOf(program, verdict.chain), packet)];
    const back = verdict.kind === 'jump' ? 'end' : 'return';
    return steps.map((step) => (step === 'end' || step === 'return' ? back : step));
  }
  const { kind } = verdict;
  if (kind === 'accept' || kind === 'drop' || kind === 'reject' || kind === 'return') return [kind];
  return ['end'];
}

function matchOf(boxes: readonly FilterBox[], packet: Judged): 'yes' | 'no' | 'perhaps' {
  const hits = boxes.filter((box) => holds(box, packet));
  if (hits.length === 0) return 'no';
  const isSure = ({ opaque, sourceMacs, notSourceMacs }: FilterBox): boolean =>
    opaque === undefined && sourceMacs === undefined && notSourceMacs === undefined;
  return hits.some(isSure) ? 'yes' : 'perhaps';
}

function holds(box: FilterBox, packet: Judged): boolean {
  const { inInterface, outInterface } = packet;
  const asks = [
    asked(box.states, (states) => states.includes('new')),
    asked(box.inputs, (names) => named(names, inInterface)),
    asked(box.notInputs, (names) => !named(names, inInterface)),
    asked(box.outputs, (names) => named(names, outInterface)),
    asked(box.notOutputs, (names) => !named(names, outInterface)),
    asked(box.sources, (set) => hasAddress(set, packet.source)),
    asked(box.destinations, (set) => hasAddress(set, packet.destination)),
    asked(box.translated, (translated) => translated === (packet.translated === true)),
    asked(box.local, (local) => local === (outInterface === undefined)),
    ...carriedBy(box, packet),
  ];
  return asks.every(Boolean);
}

function carriedBy(box: FilterBox, packet: Judged): readonly boolean[] {
  const { protocol, sourcePort = 0, destinationPort = 0, type = 0 } = packet;
  const ported = [6, 17, 33, 132, 136].includes(protocol);
  const typed = protocol === 1 || protocol === 58;
  return [
    asked(box.protocols, (protocols) => protocols.includes(protocol)),
    asked(box.sourcePorts, (ports) => ported && hasPort(ports, sourcePort)),
    asked(box.destinationPorts, (ports) => ported && hasPort(ports, destinationPort)),
    asked(box.types, (types) => typed && types.includes(type)),
  ];
}

function asked<T>(condition: T | undefined, holdsFor: (condition: T) => boolean): boolean {
  return condition === undefined || holdsFor(condition);
}

function named(patterns: readonly string[], name: string | undefined): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? name?.startsWith(pattern.slice(0, -1)) === true : pattern === name,
  );
}
