import type { BoundPolicy, BoundRule } from '../../model/bound-policy.ts';
import { Plan } from '../nftables/plan.ts';
import { unsupported as notOfLinux } from '../nftables/unsupported.ts';
import { termsOf } from '../shared/terms.ts';
import type { Unsupported } from '../target.ts';
import { IpSets } from './sets.ts';
import { tables } from './tables.ts';

/** xt_time ends there: 2038-01-19 (iptables-extensions(8), time). Milliseconds. */
const LAST_TIME = (2 ** 31 - 1) * 1000;
/** xt_hashlimit, revision 3. */
const FASTEST = 1_000_000;
const DEEPEST = 15;
const FAMILIES = [4, 6] as const;

/** What iptables and ipset cannot say of a policy, or what we do not make them say. */
export function unsupported(policy: BoundPolicy): readonly Unsupported[] {
  const gaps = [
    ...notOfLinux(policy),
    ...[...policy.egress, ...policy.ingress].flatMap((rule) => limits(policy, rule)),
    ...[...policy.guard, ...policy.egress, ...policy.ingress].flatMap(times),
  ];
  return gaps.length > 0 ? gaps : depths(policy);
}

/**
 * Rules that ask for ports of every protocol are written as what is skipped for others, each with a
 * chain for the rest; the kernel follows no more than so many (NFT_JUMP_STACK_SIZE, less our first).
 */
function depths(policy: BoundPolicy): readonly Unsupported[] {
  const plan = new Plan(policy);
  const depth = Math.max(...FAMILIES.map((family) => tables(plan, new IpSets(), family).depth));
  if (depth <= DEEPEST) return [];
  return [{ id: 'ptl', why: 'so many rules with ports of every protocol; name tcp and udp' }];
}

/** A limit of one family knows nothing of the other. */
function limits(policy: BoundPolicy, rule: BoundRule): readonly Unsupported[] {
  const { id, rate, connections } = rule;
  if (rule.action !== 'allow') return [];
  const isShared = rate?.key === 'rule' || connections?.key === 'rule';
  const tooFast =
    rate !== undefined && (rate.packets > FASTEST || rate.burst > FASTEST)
      ? [{ id, why: `a rate of more than ${FASTEST}` }]
      : [];
  if (!isShared || familiesOf(policy, rule).size < 2) return tooFast;
  return [...tooFast, { id, why: 'one limit for IPv4 and IPv6 together; write a rule for each' }];
}

function familiesOf(policy: BoundPolicy, rule: BoundRule): ReadonlySet<4 | 6> {
  const terms = (['forward', 'input'] as const).flatMap((path) => termsOf(rule, { policy, path }));
  return new Set(terms.flatMap(({ family }) => (family === undefined ? FAMILIES : [family])));
}

function times({ id, expires }: BoundRule): readonly Unsupported[] {
  if (expires === undefined || expires <= LAST_TIME) return [];
  return [{ id, why: 'an end after January 2038' }];
}
