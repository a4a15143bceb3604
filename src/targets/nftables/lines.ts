import type { BoundRule } from '../../model/bound-policy.ts';
import type { TermContext } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';
import type { Action, Place } from './denial.ts';
import { denial, joined, logged } from './denial.ts';
import { limitChain } from './limits.ts';
import { matchesOf } from './matches.ts';
import { comment } from './names.ts';

/** The lines of one rule. An allow returns: the other side has still to be asked. */
export function ruleLines(place: Place, rule: BoundRule): readonly string[] {
  const matches = termsOf(rule, contextOf(place)).flatMap((term) =>
    matchesOf(term, place.plan.sets),
  );
  const action = actionOf(place, rule);
  return matches.flatMap((match) => [
    ...action.logs.map((log) => joined(match, log)),
    joined(match, `counter ${action.verdict} ${comment(rule.id)}`),
  ]);
}

export function contextOf({ plan, path, side, owner, isAtAddress }: Place): TermContext {
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
  if (rule.rate === undefined && rule.connections === undefined)
    return { verdict: place.allow, logs };
  return { verdict: `goto ${limitChain(place, rule)}`, logs };
}
