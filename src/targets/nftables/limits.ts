import type { BoundRule } from '../../model/bound-policy.ts';
import type { RateLimit } from '../../model/policy.ts';
import type { Place } from './denial.ts';
import { denialLines, logged } from './denial.ts';
import { chainName, comment } from './names.ts';
import { hasTrial, ownerSets } from './owner-sets.ts';
import { declared } from './sets.ts';

const SECONDS = { second: 1, minute: 60, hour: 3600 } as const;
/** Sources that are remembered by one limit; with more, the kernel takes no new ones in. */
const SOURCES = 65_535;

/**
 * The chain in which the limits of a rule stand, so that every line of the rule, whatever its family
 * and device, draws on the same one. Each side has its own: a connection is counted once on each.
 */
export function limitChain(place: Place, rule: BoundRule): string {
  const { chains, side } = place;
  const name = chainName(`l${side[0]}`, rule.id);
  return chains.add(name, [
    ...rateLines(place, rule, `goto ${overChain(place, rule)}`),
    ...connectionLines(place, rule, `goto ${overChain(place, rule)}`),
    `counter return ${comment(rule.id)}`,
  ]);
}

function rateLines(
  { plan, side }: Place,
  { id, rate }: BoundRule,
  over: string,
): readonly string[] {
  if (rate === undefined) return [];
  const limit = `limit rate over ${rate.packets}/${rate.per} burst ${burstOf(rate)} packets`;
  if (rate.key === 'rule') return [`${limit} ${over}`];
  return ([4, 6] as const).map((family) => {
    const name = chainName(`r${side[0]}`, id);
    const set = `${name}_${family}`;
    plan.sets.declare(
      set,
      declared('set', set, `type ipv${family}_addr`, dynamic(refill(rate)), []),
    );
    return `update @${set} { ${family === 4 ? 'ip' : 'ip6'} saddr ${limit} } ${over}`;
  });
}

/** The kernel takes 0 for 5 (nft_limit_init). */
export function burstOf({ burst }: RateLimit): number {
  return burst > 0 ? burst : 5;
}

/** A source may be forgotten once its bucket is full again. Seconds. */
function refill(rate: RateLimit): number {
  return Math.max(60, Math.ceil((burstOf(rate) * SECONDS[rate.per]) / rate.packets));
}

function dynamic(timeout: number | undefined): readonly string[] {
  if (timeout === undefined) return [`size ${SOURCES}`, 'flags dynamic'];
  return [`size ${SOURCES}`, 'flags dynamic,timeout', `timeout ${timeout}s`];
}

function connectionLines(
  { plan, side }: Place,
  { id, connections }: BoundRule,
  over: string,
): readonly string[] {
  if (connections === undefined) return [];
  const count = `ct count over ${connections.max}`;
  if (connections.key === 'rule') return [`${count} ${over}`];
  return ([4, 6] as const).map((family) => {
    const set = `${chainName(`c${side[0]}`, id)}_${family}`;
    plan.sets.declare(set, declared('set', set, `type ipv${family}_addr`, dynamic(undefined), []));
    return `add @${set} { ${family === 4 ? 'ip' : 'ip6'} saddr ${count} } ${over}`;
  });
}

/** Beyond the limit: dropped, but for whoever is in trial. */
function overChain(place: Place, rule: BoundRule): string {
  const { plan, chains, side } = place;
  const trial = hasTrial(plan) ? trialLines(place, rule) : [];
  const name = chainName(`o${side[0]}`, rule.id);
  return chains.add(name, [...trial, ...denialLines(place, '', 'drop', undefined, rule.id)]);
}

function trialLines({ plan, side }: Place, rule: BoundRule): readonly string[] {
  return ownerSets(plan, side).flatMap(({ match, trial }) =>
    trial
      ? [
          `${match} ${logged('would-block', undefined, rule.id)}`,
          `${match} counter return ${comment(rule.id)}`,
        ]
      : [`${match} counter drop ${comment(rule.id)}`],
  );
}
