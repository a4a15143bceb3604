import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Box } from './boxes.ts';
import { boxesOfRegion, everyCell } from './boxes.ts';
import type { Decider } from './decider.ts';
import { decider, verdictOf } from './decider.ts';
import { NONE } from './outcomes.ts';

/** One rule of a firewall that knows neither two judgements nor order. */
export interface FlatRule extends Box {
  readonly verdict: 'allow' | 'drop' | 'reject';
}

/**
 * What a policy decides, as rules that have no connection in common: the order in which a firewall
 * asks them does not matter, and no interval of a verdict map meets another. They come in the order
 * of the fields: input, output, protocol, source, destination, port, source port, translated. What
 * is left alone is in none of them. Addresses of one box are of one family, or box by box of both
 * where nothing depends on it.
 *
 * @throws PortolanError E_POLICY_UNSUPPORTED beyond `MOST_CELLS`
 */
export function boxesOf({ space, domain, inForce }: Decider): readonly FlatRule[] {
  return everyCell(space, inForce, (outcome) => outcome !== NONE).flatMap(({ value, region }) => {
    const verdict = verdictOf(value);
    if (verdict === 'leave') return [];
    return boxesOfRegion(domain, region).map((box) => ({ verdict, ...box }));
  });
}

/** For firewalls without sets that follow DNS: names are the addresses that they were resolved to. */
export function flatRules(policy: BoundPolicy): readonly FlatRule[] {
  return boxesOf(decider(policy, { names: 'resolved' }));
}
