import { PortolanError } from '../../base/errors.ts';
import type { BoundDevice } from '../../model/bound-policy.ts';
import type { BaseChain, FilterProgram, FilterRule } from '../../model/filter-program.ts';
import type { Judged } from '../simulate/match.ts';
import { pointOf } from './decider.ts';
import type { Domain } from './domain.ts';
import { SELF } from './domain.ts';
import { FilterLowering } from './filter-region.ts';
import { regionOf } from './lower.ts';
import { ALLOW, DROP, NONE, NOTHING, orElse, REJECT, RETURN, relabelled } from './outcomes.ts';
import { sequenceOf } from './sequence.ts';
import type { NodeId, Operation, Space } from './space.ts';
import { leaf } from './space.ts';

/** Whether something passes: `unknown` where it depends on what we cannot decide. */
export type Allowed = 'yes' | 'no' | 'unknown';

/** A firewall's rules as one diagram over the same domain as a policy's. */
export interface ProgramDiagram {
  readonly space: Space;
  readonly domain: Domain;
  /** Leaves are sets of `ALLOW`, `DROP`, `REJECT`: more than one where it is not certain. */
  readonly root: NodeId;
}

export interface ProgramOptions {
  /**
   * Taken for honest: they send from their own addresses only, and nobody else does. Without, and
   * for other MACs, a condition on the MAC is one that we cannot decide.
   */
  readonly devices?: readonly BoundDevice[];
}

/** As deep as nftables lets chains jump (NFT_JUMP_STACK_SIZE, include/net/netfilter/nf_tables.h). */
const DEEPEST_JUMP = 16;

/**
 * What becomes of new connections after destination NAT: through prerouting and input to the router
 * itself, else through prerouting, forward and postrouting. Chains of kind `nat` translate and are
 * not asked here.
 *
 * @throws PortolanError E_INPUT_MALFORMED for chains that are missing, or jump in a circle
 */
export function ofProgram(
  program: FilterProgram,
  { space, domain }: Pick<ProgramDiagram, 'space' | 'domain'>,
  options: ProgramOptions = {},
): ProgramDiagram {
  const chains = new Chains(space, domain, program, options.devices ?? []);
  const through = (hooks: readonly BaseChain['hook'][]): NodeId =>
    program.base
      .filter(({ kind, hook }) => kind === 'filter' && hooks.includes(hook))
      .toSorted((a, b) => hooks.indexOf(a.hook) - hooks.indexOf(b.hook) || a.priority - b.priority)
      .map((base) => chains.verdictOf(base))
      .reduce((all, next) => space.apply(thenAlso, all, next), leaf(ALLOW));
  const toRouter = space.box(regionOf({ output: SELF }), leaf(ALLOW), NOTHING);
  const local = space.apply(keptWhere, toRouter, through(['prerouting', 'input']));
  const root = space.apply(orElse, local, through(['prerouting', 'forward', 'postrouting']));
  return { space, domain, root };
}

export function isAllowed({ space, domain, root }: ProgramDiagram, connection: Judged): Allowed {
  const outcomes = space.valueAt(root, pointOf(domain, connection));
  if (outcomes === ALLOW) return 'yes';
  return (outcomes & ALLOW) === 0 ? 'no' : 'unknown';
}

/** A packet that one chain accepts goes on to the next; a drop is final. */
const thenAlso: Operation = {
  plain(a, b) {
    if (a === leaf(ALLOW)) return b;
    if (a < 0 && (~a & ALLOW) === 0) return a;
    return a < 0 && b < 0 ? leaf((~a & ~ALLOW) | ~b) : undefined;
  },
};

const keptWhere: Operation = {
  plain(a, b) {
    if (a === NOTHING) return NOTHING;
    return a < 0 ? b : undefined;
  },
};

/** Back from a called chain: whoever returned, or came to its end, goes on behind the jump. */
const jumped = relabelled((outcomes) =>
  (outcomes & RETURN) === 0 ? outcomes : (outcomes & ~RETURN) | NONE,
);
/** After a goto the end of the called chain is the end of the calling one too. */
const gone = relabelled((outcomes) =>
  (outcomes & NONE) === 0 ? outcomes : (outcomes & ~NONE) | RETURN,
);

class Chains {
  readonly #space: Space;
  readonly #program: FilterProgram;
  readonly #lowering: FilterLowering;
  readonly #done = new Map<string, NodeId>();
  readonly #open: string[] = [];

  constructor(
    space: Space,
    domain: Domain,
    program: FilterProgram,
    devices: readonly BoundDevice[],
  ) {
    this.#space = space;
    this.#program = program;
    this.#lowering = new FilterLowering(domain, devices);
  }

  verdictOf({ chain, verdict }: BaseChain): NodeId {
    const otherwise = verdict === 'accept' ? ALLOW : DROP;
    const ended = relabelled((outcomes) => {
      const decided = outcomes & ~(NONE | RETURN);
      return decided === outcomes ? outcomes : decided | otherwise;
    });
    return this.#space.apply(ended, this.#chain(chain), NOTHING);
  }

  #chain(name: string): NodeId {
    const done = this.#done.get(name);
    if (done !== undefined) return done;
    const rules = this.#program.chains.get(name);
    if (rules === undefined) throw malformed(`There is no chain "${name}"`);
    if (this.#open.includes(name) || this.#open.length > DEEPEST_JUMP) {
      throw malformed(`Chains jump in a circle: ${[...this.#open, name].join(' → ')}`);
    }
    this.#open.push(name);
    const entries = rules.map((rule) => ({
      id: rule.id ?? `line ${rule.line}`,
      root: this.#rule(rule),
    }));
    this.#open.pop();
    const root = sequenceOf(this.#space, entries)?.root ?? NOTHING;
    this.#done.set(name, root);
    return root;
  }

  #rule(rule: FilterRule): NodeId {
    const action = this.#action(rule);
    if (action === NOTHING) return NOTHING;
    const boxes = rule.boxes
      .filter(({ states }) => states === undefined || states.includes('new'))
      .map((box) => this.#lowering.region(box))
      .map(({ region, certain }) => ({
        root: this.#space.box(region, leaf(ALLOW), NOTHING),
        certain,
      }));
    // What certainly matches comes first: where an uncertain box lies over it, it stays certain.
    const ordered = [
      ...boxes.filter((each) => each.certain),
      ...boxes.filter((each) => !each.certain),
    ];
    return ordered.reduce((all, { root, certain }) => {
      const effect = certain ? action : this.#space.apply(perhaps, action, NOTHING);
      return this.#space.apply(orElse, all, this.#space.apply(keptWhere, root, effect));
    }, NOTHING);
  }

  /** What the rule comes to where it matches. */
  #action({ verdict }: FilterRule): NodeId {
    switch (verdict?.kind) {
      case 'accept':
        return leaf(ALLOW);
      case 'drop':
        return leaf(DROP);
      case 'reject':
        return leaf(REJECT);
      case 'return':
        return leaf(RETURN);
      case 'jump':
        return this.#space.apply(jumped, this.#chain(verdict.chain), NOTHING);
      case 'goto':
        return this.#space.apply(gone, this.#chain(verdict.chain), NOTHING);
      default:
        return NOTHING;
    }
  }
}

const perhaps = relabelled((outcomes) => outcomes | NONE);

function malformed(message: string): PortolanError {
  return new PortolanError('E_INPUT_MALFORMED', message, {
    remedy: 'Give the whole ruleset as the firewall prints it: nft list ruleset',
  });
}
