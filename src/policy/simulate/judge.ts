import type { BoundDevice, BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import type { Decision } from '../../model/packet-verdict.ts';
import type { Judged, NameLookup } from './match.ts';
import { Matcher } from './match.ts';
import { isSpoofed, Owners } from './owners.ts';
import { RuleIndex } from './rule-index.ts';

/** Ids under which we deny what no rule of the policy names. */
export const SPOOFED = 'ptl-spoof';
export const INVALID = 'ptl-invalid';

export type Side = 'egress' | 'ingress';

/** What one of the two judgements says. */
type Opinion =
  | { readonly kind: 'none' }
  | { readonly kind: 'allow'; readonly rule: string }
  | {
      readonly kind: 'deny';
      readonly verdict: 'drop' | 'reject';
      readonly rule?: string;
      readonly why: string;
      /** Its device is in trial: it passes. */
      readonly waived: boolean;
    };

/** Whether a limit of the rule lets one more pass; asked of what the rule allows. */
export type Admits = (rule: BoundRule, connection: Judged, side: Side) => boolean;

const NONE: Opinion = { kind: 'none' };

/** Judges what is new, or invalid, by the rules of one policy: the steps of `BoundPolicy`. */
export class Judge {
  readonly #policy: BoundPolicy;
  readonly #matcher: Matcher;
  readonly #owners: Owners;
  readonly #rules: Readonly<Record<Side, RuleIndex>>;
  readonly #denying: readonly string[];

  constructor(policy: BoundPolicy, names?: NameLookup) {
    this.#policy = policy;
    this.#matcher = new Matcher(policy, names);
    this.#owners = new Owners(policy);
    this.#rules = {
      egress: new RuleIndex(policy.egress, ({ from }) => from),
      ingress: new RuleIndex(policy.ingress, ({ to }) => to),
    };
    this.#denying = policy.zones.filter(({ denies }) => denies).map(({ id }) => id);
  }

  judge(connection: Judged, admits: Admits = () => true): Decision {
    const guard = this.#policy.guard.find((rule) => this.#matcher.matches(rule, connection));
    if (guard !== undefined) {
      const because = `Allowed by the guard, ${guard.id}, before all rules.`;
      return { verdict: 'allow', wouldBlock: false, rules: [guard.id], because };
    }
    const egress = this.#side('egress', connection, admits);
    // What egress drops never reaches the limits of ingress.
    if (isDenied(egress)) return decide(egress, NONE);
    return decide(egress, this.#side('ingress', connection, admits));
  }

  /** `invalid` is dropped where either end is managed. */
  invalid(connection: Judged): Decision {
    const side = (which: Side): Opinion => {
      const owner = this.#owner(which, connection);
      const managed = owner !== undefined || this.#zoneDenies(which, connection);
      if (!managed) return NONE;
      const why = 'it belongs to no connection that is known, and starts none';
      return denial(owner, 'drop', why, INVALID);
    };
    return decide(side('egress'), side('ingress'));
  }

  #side(which: Side, connection: Judged, admits: Admits): Opinion {
    const owner = this.#owner(which, connection);
    const { source, destination, sourceMac } = connection;
    if (which === 'egress' && isSpoofed(owner, source, sourceMac)) {
      const why = `its source is an address of ${owner?.id}, whose MAC is another`;
      return denial(owner, 'drop', why, SPOOFED);
    }
    for (const rule of this.#rules[which].of(which === 'egress' ? source : destination)) {
      if (!this.#matcher.matches(rule, connection)) continue;
      return opinionOf(rule, owner, () => admits(rule, connection, which));
    }
    return this.#byDefault(which, connection, owner);
  }

  #byDefault(which: Side, connection: Judged, owner: BoundDevice | undefined): Opinion {
    const end = which === 'egress' ? 'source' : 'destination';
    const { refuse } = this.#policy;
    if (owner !== undefined) {
      return denial(owner, refuse, `no ${which} rule allows it to ${owner.id}, its ${end}`);
    }
    if (!this.#zoneDenies(which, connection)) return NONE;
    return denial(owner, refuse, `no ${which} rule allows it, and the zone of its ${end} denies`);
  }

  /** The router itself is no managed device, whatever address redirection left in the packet. */
  #owner(which: Side, connection: Judged): BoundDevice | undefined {
    const { source, sourceMac, outInterface, destination } = connection;
    if (which === 'egress') return this.#owners.bySource(source, sourceMac);
    return outInterface === undefined ? undefined : this.#owners.byAddress(destination);
  }

  #zoneDenies(which: Side, connection: Judged): boolean {
    const { inInterface, outInterface, source, destination } = connection;
    return this.#denying.some((id) =>
      which === 'egress'
        ? this.#matcher.zoneHas(id, inInterface, source)
        : this.#matcher.zoneHas(id, outInterface, destination),
    );
  }
}

function denial(
  owner: BoundDevice | undefined,
  verdict: 'drop' | 'reject',
  why: string,
  rule?: string,
): Opinion {
  const waived = owner?.trial === true;
  return { kind: 'deny', verdict, why, waived, ...(rule === undefined ? {} : { rule }) };
}

function opinionOf(
  rule: BoundRule,
  owner: BoundDevice | undefined,
  admitted: () => boolean,
): Opinion {
  const { id, action } = rule;
  if (action === 'deny') return denial(owner, 'drop', `${id} says so`, id);
  if (action === 'reject') return denial(owner, 'reject', `${id} says so`, id);
  if (admitted()) return { kind: 'allow', rule: id };
  return denial(owner, 'drop', `${id} allows no more at this time`, id);
}

function isDenied(opinion: Opinion): opinion is Extract<Opinion, { kind: 'deny' }> {
  return opinion.kind === 'deny' && !opinion.waived;
}

/** Denied where one of the two denies; else allowed where one allows; else left alone. */
function decide(egress: Opinion, ingress: Opinion): Decision {
  const both = [egress, ingress];
  const waived = both.filter((each) => each.kind === 'deny' && each.waived);
  const wouldBlock = waived.length > 0;
  const denied = both.find(isDenied);
  if (denied !== undefined) {
    const { verdict, rule, why } = denied;
    const rules = rule === undefined ? [] : [rule];
    const what = verdict === 'drop' ? 'Dropped' : 'Rejected';
    return { verdict, wouldBlock: false, rules, because: `${what}: ${why}.` };
  }
  const allowing = both.flatMap((each) => (each.kind === 'allow' ? [each.rule] : []));
  const trial = waived.flatMap((each) => (each.kind === 'deny' ? [each.why] : []));
  const rules = both.flatMap((each) => (each.kind === 'none' ? [] : (each.rule ?? [])));
  const tail = wouldBlock ? ` In trial: it would be denied, since ${trial.join(' and ')}.` : '';
  const verdict = allowing.length > 0 ? 'allow' : 'leave';
  return { verdict, wouldBlock, rules, because: `${reasonOf(allowing)}${tail}` };
}

function reasonOf(allowing: readonly string[]): string {
  if (allowing.length > 0) return `Allowed by ${[...new Set(allowing)].join(' and ')}.`;
  return 'Left alone: no rule denies or allows it.';
}
