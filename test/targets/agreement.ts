import type { Feature } from '../../lab/kernel/policies.ts';
import { randomPolicy } from '../../lab/kernel/policies.ts';
import { Random } from '../../lab/kernel/random.ts';
import { differenceOf, unionOf } from '../../src/base/address-set.ts';
import type { BoundPolicy } from '../../src/model/bound-policy.ts';
import type { FilterProgram } from '../../src/model/filter-program.ts';
import type { Box } from '../../src/policy/decide/boxes.ts';
import type { Deviation } from '../../src/policy/decide/same.ts';
import { sameAs } from '../../src/policy/decide/same.ts';
import type { Target } from '../../src/targets/target.ts';

/** As many as are looked through for one that matters. */
const MOST = 500;

/** More is not looked for. */
const LAST_SEED = 4000;

/** Random policies of a home that a target takes, the same each time; the seed is in the failure. */
export function* policies(
  target: Target,
  count: number,
  without: readonly Feature[],
  adapted: (bound: BoundPolicy) => BoundPolicy = (bound) => bound,
): Generator<{ readonly seed: number; readonly bound: BoundPolicy }> {
  let left = count;
  for (let seed = 1000; left > 0; seed += 1) {
    if (seed > LAST_SEED) throw new Error(`${target.id} takes too few of the random policies`);
    const bound = adapted(randomPolicy(new Random(seed), 3 + (seed % 6), new Set(without)));
    if (target.unsupported(bound).length > 0) continue;
    left -= 1;
    yield { seed, bound };
  }
}

/** Few devices and rules: of a policy as boxes there are many for each. */
export function small(bound: BoundPolicy): BoundPolicy {
  const { devices, egress, ingress } = bound;
  return {
    ...bound,
    devices: devices.slice(0, 1),
    egress: egress.slice(0, 3),
    ingress: ingress.slice(0, 2),
  };
}

export function programOf(target: Target, text: string): FilterProgram {
  const parsed = target.parse(text);
  if (!parsed.ok) throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.program;
}

export function readBack(target: Target, bound: BoundPolicy): FilterProgram {
  return programOf(target, target.render(bound).files[0]?.text ?? '');
}

/** What a program decides otherwise than the policy, of packets that there are. */
export function disagreements(
  bound: BoundPolicy,
  program: FilterProgram,
  most = MOST,
): readonly Deviation[] {
  return sameAs(bound, program, most).deviations.filter(
    ({ boxes }) => !boxes.every((box) => isOfNobody(box, bound)),
  );
}

/**
 * No packet of IPv6 carries ICMP, none of IPv4 ICMPv6: a firewall that asks the type asks the family.
 * And the address of a device is none of the router's.
 */
function isOfNobody(box: Box, { devices }: BoundPolicy): boolean {
  const { protocols, sources = [], destinations = [], outputs } = box;
  const isAll = (family: 4 | 6): boolean =>
    [sources, destinations].some(
      (set) => set.length > 0 && set.every((each) => each.family === family),
    );
  if (protocols?.join() === '1' && isAll(6)) return true;
  if (protocols?.join() === '58' && isAll(4)) return true;
  if (outputs?.join() !== 'self' || destinations.length === 0) return false;
  return differenceOf(destinations, unionOf(...devices.map((each) => each.addresses))).length === 0;
}

export function print(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each));
}
