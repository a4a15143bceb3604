import type { BoundRule } from '../../model/bound-policy.ts';
import type { TermContext } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Writer } from './chains.ts';
import { limitChain } from './limits.ts';
import { matchesOf } from './matches.ts';
import type { Action, Place } from './place.ts';
import { denial, logged, writeAction } from './place.ts';

/** The lines of one rule. */
export function writeRule(writer: Writer, place: Place, rule: BoundRule): void {
  const { family, sets } = place;
  const matches = termsOf(rule, contextOf(place)).flatMap((term) =>
    matchesOf(term, family, sets, rule.action !== 'allow'),
  );
  if (matches.length === 0) return;
  const action = actionOf(place, rule);
  for (const match of matches) writeAction(writer, match, action, rule.id);
}

function contextOf({ plan, path, side, owner, isAtAddress }: Place): TermContext {
  const end = side === 'egress' ? 'source' : 'destination';
  const base = { policy: plan.policy, path };
  if (owner === undefined || !isAtAddress) return base;
  return { ...base, known: { end, addresses: owner.addresses } };
}

function actionOf(place: Place, rule: BoundRule): Action {
  const device = place.owner?.device;
  if (rule.action !== 'allow') {
    const action = rule.action === 'deny' ? 'drop' : 'reject';
    return denial(place, action, device, rule.id, rule.log);
  }
  const logs = rule.log ? [logged('allow', device, rule.id)] : [];
  const isFree = rule.rate === undefined && rule.connections === undefined;
  return { verdict: isFree ? place.next : `-g ${limitChain(place, rule)}`, logs };
}
