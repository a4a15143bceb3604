import type { Address } from '../../base/address.ts';
import { hasAddress } from '../../base/address-set.ts';
import { hasPort } from '../../base/port-set.ts';
import type {
  BaseChain,
  ConnectionState,
  FilterBox,
  FilterProgram,
  FilterRule,
  Hook,
} from '../../model/filter-program.ts';
import type { Judged } from './match.ts';

/** A packet as a firewall meets it; without a state it is the first of a connection. */
export interface ProgramPacket extends Judged {
  readonly state?: ConnectionState;
}

/** What the router knows besides its rules; without it the packet's own interfaces are believed. */
export interface RouterView {
  isLocal(address: Address): boolean;
  /** The interface to it; undefined for the router itself. */
  interfaceTo(address: Address): string | undefined;
}

export interface ProgramDecision {
  /** `unknown`: it hangs on a condition that we cannot decide. */
  readonly verdict: 'accept' | 'drop' | 'reject' | 'unknown';
  /** The rule that decided; none where the default of a chain did. */
  readonly rule?: FilterRule;
  /** One sentence. */
  readonly because: string;
  /** The packet after destination NAT. */
  readonly packet: ProgramPacket;
}

type Match = 'yes' | 'no' | 'maybe';

/** How the walk through a chain ends; `end` and `return` go on behind the jump that led there. */
interface Outcome {
  readonly kind: 'accept' | 'drop' | 'reject' | 'end' | 'return' | 'translate' | 'unknown';
  readonly rule?: FilterRule;
}

/** NFT_JUMP_STACK_SIZE (include/net/netfilter/nf_tables.h). */
const DEEPEST = 16;
/** Undecidable conditions of which both outcomes are followed. */
const MOST_FORKS = 64;

/** Walks a ruleset as its firewall does, through every base chain that the packet meets. */
export function simulateProgram(
  program: FilterProgram,
  packet: ProgramPacket,
  view?: RouterView,
): ProgramDecision {
  const arrived = walkHook(program, 'prerouting', packet, view);
  if (arrived.verdict !== 'accept') return arrived;
  const isLocal = arrived.packet.outInterface === undefined;
  if (isLocal) return walkHook(program, 'input', arrived.packet, view);
  const forwarded = walkHook(program, 'forward', arrived.packet, view);
  if (forwarded.verdict !== 'accept') return forwarded;
  const left = walkHook(program, 'postrouting', forwarded.packet, view);
  return left.verdict === 'accept' ? forwarded : left;
}

/** An accept of one base chain goes on to the next; a drop is final. */
function walkHook(
  program: FilterProgram,
  hook: Hook,
  packet: ProgramPacket,
  view: RouterView | undefined,
): ProgramDecision {
  const chains = program.base
    .filter((base) => base.hook === hook)
    .toSorted((a, b) => a.priority - b.priority);
  let current = packet;
  let last: Outcome = { kind: 'accept' };
  for (const base of chains) {
    const seen = hook === 'prerouting' ? unrouted(current) : current;
    const outcome = new Walk(program, seen, isLocalOf(current, view)).base(base);
    const next = hook === 'prerouting' ? translate(outcome, current, view) : current;
    if (next === undefined) return decisionOf({ ...outcome, kind: 'unknown' }, current);
    current = next;
    if (!passes(outcome)) return decisionOf(outcome, current);
    if (outcome.kind === 'accept' && outcome.rule !== undefined) last = outcome;
  }
  return decisionOf(last, current);
}

function passes({ kind }: Outcome): boolean {
  return kind === 'accept' || kind === 'translate';
}

/** Where it goes is not known before routing. */
function unrouted({ outInterface: _, ...packet }: ProgramPacket): ProgramPacket {
  return packet;
}

function isLocalOf(packet: ProgramPacket, view: RouterView | undefined): boolean {
  return view?.isLocal(packet.destination) ?? packet.outInterface === undefined;
}

/** Undefined where the rule leaves open whereto, or nobody knows which way that is. */
function translate(
  { kind, rule }: Outcome,
  packet: ProgramPacket,
  view: RouterView | undefined,
): ProgramPacket | undefined {
  if (kind !== 'translate') return packet;
  const verdict = rule?.verdict;
  const ports = verdict !== undefined && 'ports' in verdict ? verdict.ports : undefined;
  const port = ports?.[0] === undefined ? {} : { destinationPort: ports[0].from };
  const { outInterface: _, ...rest } = packet;
  if (verdict?.kind === 'redirect') return { ...rest, ...port, translated: true };
  if (verdict?.kind !== 'dnat' || view === undefined) return undefined;
  const [range, ...more] = verdict.addresses;
  if (range === undefined || more.length > 0 || range.from !== range.to) return undefined;
  const destination: Address = { family: range.family, value: range.from };
  const out = view.interfaceTo(destination);
  const leaves = out === undefined ? {} : { outInterface: out };
  return { ...rest, ...port, ...leaves, destination, translated: true };
}

class Walk {
  readonly #program: FilterProgram;
  readonly #packet: ProgramPacket;
  readonly #isLocal: boolean;
  #forks = 0;
  /** A rule with a time that let it go on: without it the default might not have been reached. */
  #lapsing: FilterRule | undefined;

  constructor(program: FilterProgram, packet: ProgramPacket, isLocal: boolean) {
    this.#program = program;
    this.#packet = packet;
    this.#isLocal = isLocal;
  }

  base({ chain, verdict, kind }: BaseChain): Outcome {
    const outcome = this.#chain(chain, 0, 0);
    if (outcome.kind === 'translate' && kind !== 'nat') return { kind: 'accept' };
    if (outcome.kind !== 'end' && outcome.kind !== 'return') return outcome;
    const rule = verdict === 'accept' ? this.#lapsing : undefined;
    return rule === undefined ? { kind: verdict } : { kind: verdict, rule };
  }

  #chain(name: string, from: number, depth: number): Outcome {
    const rules = this.#program.chains.get(name) ?? [];
    if (depth > DEEPEST) return { kind: 'unknown' };
    for (let index = from; index < rules.length; index += 1) {
      const rule = rules[index];
      if (rule?.verdict === undefined) continue;
      const match = matchOf(rule, this.#packet, this.#isLocal);
      if (match === 'no') continue;
      const taken = this.#take(rule, depth);
      if (match === 'maybe') return this.#either(taken, rule, { name, next: index + 1, depth });
      if (taken.kind !== 'end') return taken;
    }
    return { kind: 'end' };
  }

  /** What the verdict comes to: `end` where the walk goes on with the next rule. */
  #take(rule: FilterRule, depth: number): Outcome {
    const { verdict, until } = rule;
    if (until !== undefined && verdict?.kind === 'return') this.#lapsing = rule;
    switch (verdict?.kind) {
      case 'accept':
      case 'drop':
      case 'reject':
      case 'return':
        return { kind: verdict.kind, rule };
      case 'jump':
      case 'goto': {
        const outcome = this.#chain(verdict.chain, 0, depth + 1);
        if (outcome.kind !== 'end' && outcome.kind !== 'return') return within(outcome, rule);
        return { kind: verdict.kind === 'jump' ? 'end' : 'return' };
      }
      default:
        return { kind: 'translate', rule };
    }
  }

  /** Certain all the same where both ways lead to the same. */
  #either(
    taken: Outcome,
    rule: FilterRule,
    { name, next, depth }: { name: string; next: number; depth: number },
  ): Outcome {
    this.#forks += 1;
    if (this.#forks > MOST_FORKS) return { kind: 'unknown', rule };
    const skipped = this.#chain(name, next, depth);
    const goOn = [taken, skipped].every(decidesNothing);
    if (goOn || taken.kind === 'end' || taken.kind === skipped.kind) return skipped;
    return { kind: 'unknown', rule };
  }
}

/** Whose address a packet leaves with is nothing to whether it leaves. */
function decidesNothing({ kind, rule }: Outcome): boolean {
  const verdict = rule?.verdict?.kind;
  if (kind === 'translate') return verdict === 'masquerade' || verdict === 'snat';
  return kind === 'end' || kind === 'return';
}

/** A chain that all rules of a kind go to says less than the rule that went there. */
function within(outcome: Outcome, rule: FilterRule): Outcome {
  return outcome.rule?.id === undefined && rule.id !== undefined ? { ...outcome, rule } : outcome;
}

function matchOf({ boxes }: FilterRule, packet: ProgramPacket, isLocal: boolean): Match {
  let best: Match = 'no';
  for (const box of boxes) {
    const match = boxMatch(box, packet, isLocal);
    if (match === 'yes') return match;
    if (match === 'maybe') best = match;
  }
  return best;
}

function boxMatch(box: FilterBox, packet: ProgramPacket, isLocal: boolean): Match {
  const certain =
    isBetween(box, packet) &&
    hasEnds(box, packet) &&
    hasTransport(box, packet) &&
    (box.states === undefined || box.states.includes(packet.state ?? 'new')) &&
    (box.translated === undefined || box.translated === (packet.translated === true)) &&
    (box.local === undefined || box.local === isLocal);
  if (!certain) return 'no';
  const mac = macMatch(box, packet);
  return mac === 'yes' && box.opaque !== undefined ? 'maybe' : mac;
}

function isBetween(box: FilterBox, { inInterface, outInterface }: ProgramPacket): boolean {
  const { inputs, notInputs = [], outputs, notOutputs = [] } = box;
  if (inputs !== undefined && !isNamed(inputs, inInterface)) return false;
  if (outputs !== undefined && !isNamed(outputs, outInterface)) return false;
  return !isNamed(notInputs, inInterface) && !isNamed(notOutputs, outInterface);
}

function isNamed(names: readonly string[], name: string | undefined): boolean {
  if (name === undefined) return false;
  return names.some((each) =>
    each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : each === name,
  );
}

function hasEnds({ sources, destinations }: FilterBox, packet: ProgramPacket): boolean {
  if (sources !== undefined && !hasAddress(sources, packet.source)) return false;
  return destinations === undefined || hasAddress(destinations, packet.destination);
}

function hasTransport(box: FilterBox, packet: ProgramPacket): boolean {
  const { protocols, sourcePorts, destinationPorts, types } = box;
  const { protocol, sourcePort, destinationPort, type } = packet;
  if (protocols !== undefined && !protocols.includes(protocol)) return false;
  if (types !== undefined && (type === undefined || !types.includes(type))) return false;
  return isPort(sourcePorts, sourcePort) && isPort(destinationPorts, destinationPort);
}

function isPort(set: FilterBox['sourcePorts'], port: number | undefined): boolean {
  return set === undefined || (port !== undefined && hasPort(set, port));
}

function macMatch({ sourceMacs, notSourceMacs }: FilterBox, { sourceMac }: ProgramPacket): Match {
  if (sourceMacs === undefined && notSourceMacs === undefined) return 'yes';
  if (sourceMac === undefined) return 'maybe';
  if (sourceMacs !== undefined && !sourceMacs.includes(sourceMac)) return 'no';
  return notSourceMacs?.includes(sourceMac) === true ? 'no' : 'yes';
}

const DONE = { accept: 'Accepted', drop: 'Dropped', reject: 'Rejected' } as const;

function decisionOf({ kind, rule }: Outcome, packet: ProgramPacket): ProgramDecision {
  const where = rule === undefined ? undefined : `line ${rule.line}: ${rule.text}`;
  const base = { packet, ...(rule === undefined ? {} : { rule }) };
  if (kind === 'accept' || kind === 'drop' || kind === 'reject') {
    const by = where === undefined ? 'by default' : `by ${where}`;
    return { ...base, verdict: kind, because: `${DONE[kind]} ${by}` };
  }
  const why = where ?? 'chains that jump too deep';
  return { ...base, verdict: 'unknown', because: `It hangs on what cannot be decided: ${why}` };
}
