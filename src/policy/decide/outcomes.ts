import type { PolicyAction } from '../../model/policy.ts';
import type { NodeId, Operation } from './space.ts';
import { leaf } from './space.ts';

/**
 * What leaves say: a set of outcomes. One is certain; more are possible where a rate or a condition
 * that we cannot decide has its say. `NONE`: no rule matched, the next list decides.
 */
export const ALLOW = 1;
export const DROP = 2;
export const REJECT = 4;
export const NONE = 8;
/** Of a firewall's chain: back to whoever called it. */
export const RETURN = 16;

export const DENY = DROP | REJECT;
export const NOTHING: NodeId = leaf(NONE);

const BITS = [ALLOW, DROP, REJECT, NONE, RETURN];

export function outcomeOf(action: PolicyAction): number {
  if (action === 'allow') return ALLOW;
  return action === 'deny' ? DROP : REJECT;
}

/** The first where it says something, else the second: one list of rules after another. */
export const orElse: Operation = {
  plain(a, b) {
    if (a === b || b === NOTHING) return a;
    if (a >= 0) return undefined;
    if ((~a & NONE) === 0) return a;
    if (a === NOTHING) return b;
    return b < 0 ? leaf((~a & ~NONE) | ~b) : undefined;
  },
};

/** Egress and ingress as `BoundPolicy` has it: who denies wins, egress before ingress. */
export const judged: Operation = {
  plain(a, b) {
    if (a === b || b === NOTHING) return a;
    if (a === NOTHING) return b;
    if (a === leaf(DROP) || a === leaf(REJECT)) return a;
    return a < 0 && b < 0 ? leaf(pairs(~a, ~b, both)) : undefined;
  },
};

function both(egress: number, ingress: number): number {
  if ((egress & DENY) !== 0) return egress;
  if ((ingress & DENY) !== 0) return ingress;
  return egress === ALLOW || ingress === ALLOW ? ALLOW : NONE;
}

/** What two sets of outcomes can come to. */
export function pairs(a: number, b: number, of: (a: number, b: number) => number): number {
  let result = 0;
  for (const x of BITS) {
    if ((a & x) === 0) continue;
    for (const y of BITS) if ((b & y) !== 0) result |= of(x, y);
  }
  return result;
}

/** Keeps the second where the first is `ALLOW`; elsewhere nothing is said. */
export const within: Operation = {
  plain(a, b) {
    if (a === leaf(ALLOW) || b === NOTHING) return b;
    return a === NOTHING ? NOTHING : undefined;
  },
};

/** Changes leaves by themselves; the second diagram is not looked at. */
export function relabelled(of: (outcomes: number) => number): Operation {
  return { plain: (a) => (a < 0 ? leaf(of(~a)) : undefined) };
}
