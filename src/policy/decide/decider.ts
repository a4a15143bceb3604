import type { BoundDevice, BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { FilterProgram } from '../../model/filter-program.ts';
import type { Verdict } from '../../model/packet-verdict.ts';
import type { Judged } from '../simulate/match.ts';
import { ICMP, ICMPV6 } from '../simulate/match.ts';
import { NoRoom } from './cuts.ts';
import type { NameView } from './domain.ts';
import { asksSourceNames, Domain, FIELD_COUNT, IPV6_FROM, NAMES_FROM } from './domain.ts';
import { isEqualData } from './equal.ts';
import { Lowering, regionOf } from './lower.ts';
import {
  ALLOW,
  DENY,
  DROP,
  judged,
  NONE,
  NOTHING,
  orElse,
  REJECT,
  relabelled,
  within,
} from './outcomes.ts';
import type { Sequence } from './sequence.ts';
import { decidingAt, sequenceOf, spliced } from './sequence.ts';
import type { NodeId, Operation } from './space.ts';
import { END, leaf, NODE_BUDGET, Space } from './space.ts';

export interface DecideOptions {
  /** `resolved` where nothing is said: what the rules do today. */
  readonly names?: NameView;
  /** Nodes before it is refused. */
  readonly budget?: number;
  /** Firewalls that are compared with it: their interfaces and ports are told apart as well. */
  readonly programs?: readonly FilterProgram[];
  /** A rule with a limit may also drop: as a firewall's text is read. */
  readonly limitsCount?: boolean;
}

/** A policy as one diagram: equal policies of one space have equal roots. Never changed in place. */
export interface Decider {
  readonly policy: BoundPolicy;
  readonly space: Space;
  readonly domain: Domain;
  readonly options: DecideOptions;
  readonly lowering: Lowering;
  /** What holds for each side where no rule matches. */
  readonly unruled: Readonly<Record<Side, Unruled>>;
  readonly lists: Readonly<Record<ListName, Sequence | undefined>>;
  /** As if every device in trial were enforcing. */
  readonly root: NodeId;
  /** As it is: what a device in trial is denied for its own side passes. */
  readonly inForce: NodeId;
}

export type Side = 'egress' | 'ingress';
export type ListName = 'guard' | Side;

interface Unruled {
  /** Managed devices, those in trial apart. */
  readonly owners: NodeId;
  readonly verdict: NodeId;
}

export function decider(policy: BoundPolicy, options: DecideOptions = {}): Decider {
  const [made] = deciders([policy], options);
  if (made === undefined) throw new RangeError('no decider for a policy');
  return made;
}

/** Of several policies in one space, so that they can be compared. */
export function deciders(
  policies: readonly BoundPolicy[],
  options: DecideOptions = {},
): readonly Decider[] {
  const domain = new Domain(policies, options.names ?? 'resolved', options.programs);
  const space = new Space(FIELD_COUNT, options.budget ?? NODE_BUDGET);
  return policies.map((policy) => built(policy, grounded(policy, { space, domain, options })));
}

/**
 * The same policy after an edit, in the same space, for the price of the edit. Where zones, devices
 * or names changed, or half the budget is used up, it is built anew in a space of its own.
 */
export function updated(before: Decider, policy: BoundPolicy): Decider {
  const { space, options } = before;
  const same = (['zones', 'devices', 'names', 'refuse'] as const).every((key) =>
    isEqualData(before.policy[key], policy[key]),
  );
  const fits = before.domain.sourcesHaveNames || !asksSourceNames(policy);
  if (!same || !fits || space.made * 2 > space.budget) return decider(policy, options);
  try {
    return built(policy, before, before);
  } catch (error) {
    if (error instanceof NoRoom) return decider(policy, options);
    throw error;
  }
}

/** What becomes of a connection after destination NAT. */
export function decide(
  { domain, space, root, inForce }: Pick<Decider, 'domain' | 'space' | 'root' | 'inForce'>,
  connection: Judged,
): { readonly verdict: Verdict; readonly wouldBlock: boolean } {
  const point = pointOf(domain, connection);
  const outcome = space.valueAt(inForce, point);
  const wouldBlock =
    inForce !== root && (outcome & DENY) === 0 && (space.valueAt(root, point) & DENY) !== 0;
  return { verdict: verdictOf(outcome), wouldBlock };
}

/** The rules that decide a connection, egress first; none where a default does. */
export function rulesAt(decided: Decider, connection: Judged): readonly string[] {
  const { domain, space, lists, unruled } = decided;
  const point = pointOf(domain, connection);
  const guard = decidingAt(space, lists.guard, point);
  if (guard !== undefined) return [guard.id];
  const sides = (['egress', 'ingress'] as const).map((side) => {
    const rule = decidingAt(space, lists[side], point);
    return { id: rule?.id, outcome: rule?.outcome ?? space.valueAt(unruled[side].verdict, point) };
  });
  const denied = sides.find(({ outcome }) => (outcome & DENY) !== 0);
  const deciding = denied === undefined ? sides : [denied];
  return deciding.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

export function verdictOf(outcome: number): Verdict {
  if ((outcome & ALLOW) !== 0) return 'allow';
  if ((outcome & DROP) !== 0) return 'drop';
  return (outcome & REJECT) === 0 ? 'leave' : 'reject';
}

export function pointOf(domain: Domain, connection: Judged): readonly number[] {
  const { inInterface, outInterface, protocol, source, destination, name } = connection;
  const { destinationPort, type } = connection;
  const isTyped = protocol === ICMP || protocol === ICMPV6;
  return [
    domain.inputLabel(inInterface),
    domain.outputLabel(outInterface),
    protocol,
    domain.addressLabel(source),
    domain.addressLabel(destination, name),
    (isTyped ? type : destinationPort) ?? 0,
    connection.sourcePort ?? 0,
    connection.translated === true ? 1 : 0,
  ];
}

type Ground = Pick<Decider, 'space' | 'domain' | 'options' | 'lowering' | 'unruled'>;

function grounded(
  policy: BoundPolicy,
  base: Pick<Decider, 'space' | 'domain' | 'options'>,
): Ground {
  const { space, domain, options } = base;
  space.concerning = 'The policy without its rules';
  const lowering = new Lowering(space, domain, policy, options.limitsCount);
  const of = (end: 'from' | 'to'): Unruled => {
    const owners = ownersOf(space, lowering, policy.devices, end);
    const denying = lowering.fill(lowering.denying(end), MANAGED);
    const refused = policy.refuse === 'drop' ? toDrop : toReject;
    const verdict = space.apply(refused, space.apply(orElse, owners, denying), NOTHING);
    return { owners, verdict };
  };
  return { ...base, lowering, unruled: { egress: of('from'), ingress: of('to') } };
}

function built(policy: BoundPolicy, ground: Ground, before?: Decider): Decider {
  const list = (name: ListName): Sequence | undefined => listOf(policy, name, ground, before);
  const lists = { guard: list('guard'), egress: list('egress'), ingress: list('ingress') };
  const { space, unruled } = ground;
  space.concerning = 'The policy as a whole';
  const enforced = (side: Side): NodeId =>
    space.apply(orElse, lists[side]?.root ?? NOTHING, unruled[side].verdict);
  const asIs = (side: Side): NodeId => space.apply(waived, enforced(side), unruled[side].owners);
  const whole = (of: (side: Side) => NodeId): NodeId => {
    const sides = space.apply(judged, of('egress'), of('ingress'));
    const all = space.apply(orElse, lists.guard?.root ?? NOTHING, sides);
    return space.apply(within, possible(ground), all);
  };
  return { ...ground, policy, lists, root: whole(enforced), inForce: whole(asIs) };
}

/** Rules before and after the change are taken over with the diagrams that they are part of. */
function listOf(
  policy: BoundPolicy,
  name: ListName,
  { space, lowering }: Ground,
  before: Decider | undefined,
): Sequence | undefined {
  const rules = policy[name];
  const old = before?.policy[name] ?? [];
  const [from, kept] = unchanged(old, rules);
  const entries = rules
    .slice(from, rules.length - kept)
    .map((rule) => ({ id: rule.id, root: lowering.rule(rule) }));
  const added = sequenceOf(space, entries);
  return before === undefined
    ? added
    : spliced(space, before.lists[name], [from, old.length - kept], added);
}

/** How many rules are the same at the front, and how many behind them at the end. */
function unchanged(
  old: readonly BoundRule[],
  rules: readonly BoundRule[],
): readonly [front: number, back: number] {
  const shorter = Math.min(old.length, rules.length);
  let front = 0;
  while (front < shorter && isEqualData(old[front], rules[front])) front += 1;
  let back = 0;
  while (back < shorter - front && isEqualData(old.at(-1 - back), rules.at(-1 - back))) back += 1;
  return [front, back];
}

/** Leaves of `ownersOf`. */
const MANAGED = DROP;
const TRIAL = REJECT;

/** Whose an address is: single addresses before ranges, the first device that has it. */
function ownersOf(
  space: Space,
  lowering: Lowering,
  devices: readonly BoundDevice[],
  end: 'from' | 'to',
): NodeId {
  const isWide = ({ addresses }: BoundDevice): boolean =>
    addresses.some(({ from, to }) => from !== to);
  const singles = devices.map((device) => ({
    ...device,
    addresses: device.addresses.filter(({ from, to }) => from === to),
  }));
  const entries = [...singles, ...devices.filter(isWide)].map(({ id, addresses, trial }) => ({
    id,
    root: lowering.fill([lowering.owned(addresses, end)], trial ? TRIAL : MANAGED),
  }));
  return sequenceOf(space, entries)?.root ?? NOTHING;
}

const toDrop = relabelled((owner) => (owner === NONE ? NONE : DROP));
const toReject = relabelled((owner) => (owner === NONE ? NONE : REJECT));

/** A denial of its own side is no opinion where the device is in trial. */
const waived: Operation = {
  plain(a, b) {
    if (b === NOTHING || b === leaf(MANAGED) || a === NOTHING || a === leaf(ALLOW)) return a;
    if (a >= 0 || b >= 0) return undefined;
    return leaf((~a & DENY) === 0 ? ~a : (~a & ~DENY) | NONE);
  },
};

/**
 * No packet has an address of one family for its source and of the other for its destination; and
 * where no rule asks for it, a source has no name.
 */
export function possible({ space, domain }: Pick<Decider, 'space' | 'domain'>): NodeId {
  const v6 = domain.addresses.mark(IPV6_FROM);
  const names = domain.addresses.mark(NAMES_FROM);
  const impossible = [
    regionOf({ source: [0, v6], destination: [v6, names] }),
    regionOf({ source: [v6, names], destination: [0, v6] }),
    regionOf({ source: domain.sourcesHaveNames || names === END ? [] : [names, END] }),
  ];
  return impossible.reduce(
    (root, region) => space.apply(within, space.box(region, NOTHING, leaf(ALLOW)), root),
    leaf(ALLOW),
  );
}
