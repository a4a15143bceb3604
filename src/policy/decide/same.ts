import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { FilterProgram } from '../../model/filter-program.ts';
import type { Judged } from '../simulate/match.ts';
import type { Box } from './boxes.ts';
import { boxesOfRegion, cellsOf } from './boxes.ts';
import type { Decider } from './decider.ts';
import { decider, possible } from './decider.ts';
import { complement } from './domain.ts';
import { regionOf } from './lower.ts';
import { ALLOW, DROP, NONE, NOTHING, REJECT, relabelled, within } from './outcomes.ts';
import { ofProgram } from './program.ts';
import type { NodeId, Operation } from './space.ts';
import { leaf } from './space.ts';
import { witnessOf } from './witness.ts';

/** What may become of a connection: several where a limit or an unknown condition has its say. */
export type Outcomes = readonly ('allow' | 'drop' | 'reject')[];

export interface Deviation {
  readonly policy: Outcomes;
  readonly program: Outcomes;
  readonly boxes: readonly Box[];
  readonly packet: Judged;
}

export interface Comparison {
  readonly same: boolean;
  readonly deviations: readonly Deviation[];
  /** There are more than are listed. */
  readonly more: boolean;
}

const SHIFT = 5;
/** As Linux calls it; FreeBSD and OpenBSD number theirs. */
const LOOPBACK = 'lo';

const pairing: Operation = {
  plain(a, b) {
    if (a === b) return leaf(0);
    return a < 0 && b < 0 ? leaf((~a << SHIFT) | ~b) : undefined;
  },
};

const left = relabelled((outcomes) =>
  (outcomes & NONE) === 0 ? outcomes : (outcomes & ~NONE) | ALLOW,
);

/**
 * Whether a firewall's rules decide as the policy does, connection by connection: proves that what
 * was rendered and read back is what was meant. Names are what they were last resolved to, devices
 * in trial pass, what the policy leaves alone the rules let through, a limit may drop, and MACs of
 * devices are taken for honest. What the router sends to itself is not compared.
 */
export function sameAs(policy: BoundPolicy, program: FilterProgram, most = 100): Comparison {
  const decided = decider(policy, { names: 'resolved', programs: [program], limitsCount: true });
  const { space, domain } = decided;
  const read = ofProgram(program, decided, { devices: policy.devices });
  const isJudged = judgedBy(decided);
  const compared = [decided.inForce, read.root].map((root) =>
    space.apply(within, isJudged, space.apply(left, root, NOTHING)),
  );
  const [meant = NOTHING, found = NOTHING] = compared;
  const differing = space.apply(pairing, meant, found);
  const { cells, whole } = cellsOf(space, differing, (value) => value !== 0, most);
  const deviations = cells.map(({ value, region }) => ({
    policy: outcomesOf(value >> SHIFT),
    program: outcomesOf(value & ((1 << SHIFT) - 1)),
    boxes: boxesOfRegion(domain, region),
    packet: witnessOf(domain, region),
  }));
  return { same: deviations.length === 0, deviations, more: !whole };
}

/** Packets that there are, less what the router sends to itself: that is not judged. */
function judgedBy({ space, domain }: Decider): NodeId {
  const others = complement(domain.inputs([LOOPBACK]));
  const region = space.box(regionOf({ input: others }), leaf(ALLOW), NOTHING);
  return space.apply(within, possible({ space, domain }), region);
}

function outcomesOf(outcomes: number): Outcomes {
  return (
    [
      ['allow', ALLOW],
      ['drop', DROP],
      ['reject', REJECT],
    ] as const
  ).flatMap(([word, bit]) => ((outcomes & bit) === 0 ? [] : [word]));
}
