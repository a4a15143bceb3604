import type { BoundRule } from '../../model/bound-policy.ts';
import { matchesOf } from '../nftables/matches.ts';
import { comment } from '../nftables/names.ts';
import type { Plan } from '../nftables/plan.ts';
import { chain } from '../nftables/render.ts';
import type { Path } from '../shared/terms.ts';
import { termsOf } from '../shared/terms.ts';

/**
 * The bit of the packet's mark by which fw4 knows what our rules allow. Nothing of OpenWrt's own uses
 * it: mwan3 has 0x3f00, and routing has been decided by the time it is set.
 */
const MARK = '0x00800000';

/** The chains of fw4 that get a line of ours, and the path that each sees. */
export const OPENED = [
  ['forward', 'forward'],
  ['input', 'input'],
] as const satisfies readonly (readonly [chain: string, path: Path])[];

/**
 * Chains that mark what a rule allows. What our table denies never gets to fw4, so that a rule that
 * comes too late in the policy opens nothing: what it marks was dropped before.
 */
export function markingChains(plan: Plan): readonly string[] {
  const { guard, egress, ingress } = plan.policy;
  const allowing = [...guard, ...new Set([...egress, ...ingress])].filter(
    ({ action }) => action === 'allow',
  );
  return OPENED.flatMap(([, path]) => {
    const lines = allowing.flatMap((rule) => markLines(plan, path, rule));
    if (lines.length === 0) return [];
    const head = `type filter hook ${path} priority filter - 1; policy accept;`;
    return [chain(`p_open_${path}`, [head, 'ct state established,related accept', ...lines])];
  });
}

function markLines({ policy, sets }: Plan, path: Path, rule: BoundRule): readonly string[] {
  return termsOf(rule, { policy, path })
    .flatMap((term) => matchesOf(term, sets))
    .map((match) => `${match} meta mark set meta mark or ${MARK} ${comment(rule.id)}`.trim());
}

/** What fw4 includes at the head of its own chain: without it, its zones would drop what we allow. */
export const OPENING_LINE = `meta mark & ${MARK} == ${MARK} accept comment "ptl-open"\n`;
