import { describe, expect, test } from 'vitest';
import type { KernelDifference } from '../../../lab/kernel/kernel-lab.ts';
import { kernelLab } from '../../../lab/kernel/kernel-lab.ts';
import type { Feature } from '../../../lab/kernel/policies.ts';
import { randomPolicy } from '../../../lab/kernel/policies.ts';
import { Random } from '../../../lab/kernel/random.ts';
import { spaceObstacle } from '../../../lab/kernel/space.ts';
import type { BoundRule } from '../../../src/model/bound-policy.ts';
import { iptables } from '../../../src/targets/iptables/iptables.ts';
import { lacking } from '../../lab/need.ts';

/** Printed with what fails; set it to look at one run again. */
const SEED = Number(process.env['PORTOLAN_SEED'] ?? 2026);
/** What iptables cannot count for both families at once, or until after 2038: it refuses these. */
const WITHOUT: readonly Feature[] = ['rates', 'connections', 'expires'];

const obstacle =
  lacking('iptables', 'ip6tables', 'ipset') ??
  (process.env['CI'] === undefined ? spaceObstacle() : undefined);
if (obstacle !== undefined) process.stderr.write(`The kernel lab is left out: ${obstacle}\n`);

function told(differences: readonly KernelDifference[]): readonly string[] {
  return differences.map(({ policySeed, wave, what }) => `seed ${policySeed}, ${wave}: ${what}`);
}

describe.skipIf(obstacle !== undefined)('iptables in the real kernel', () => {
  test('does with 10,000 packets what the simulator says', () => {
    const report = kernelLab({
      target: iptables,
      seed: SEED,
      packets: 18_000,
      policies: 6,
      without: WITHOUT,
    });
    expect(told(report.differences)).toEqual([]);
    expect(report.packets).toBeGreaterThanOrEqual(10_000);
    // All that can become of a packet was tried.
    const kinds = ['new allow', 'new drop', 'new reject', 'new leave', 'invalid drop'].concat([
      'invalid leave',
      'established allow',
      'related allow',
    ]);
    expect(kinds.filter((kind) => (report.tried[kind] ?? 0) < 50)).toEqual([]);
  });

  test('rules that have ended, or are going to, and limits of a source', () => {
    const random = new Random(SEED);
    const base = randomPolicy(random, 15, new Set<Feature>([...WITHOUT, 'names']));
    const timed = (rule: BoundRule): BoundRule => ({
      ...rule,
      ...(random.chance(40) ? { expires: random.of([1_000_000_000_000, 2_000_000_000_000]) } : {}),
      ...(rule.action === 'allow' && random.chance(30)
        ? { rate: { packets: 1, per: 'hour', burst: 1 + random.below(4), key: 'source' } }
        : {}),
    });
    const policy = { ...base, egress: base.egress.map(timed), ingress: base.ingress.map(timed) };
    const report = kernelLab({ target: iptables, seed: SEED, packets: 2000, policies: 1, policy });
    expect(told(report.differences)).toEqual([]);
  });

  test('is found out where one rule of the ruleset is missing', () => {
    const report = kernelLab({
      target: iptables,
      seed: SEED,
      packets: 3000,
      policies: 3,
      without: WITHOUT,
      tamper: (text) => {
        const [, id] = /^-A .* --comment "([bei]\d+)" -j DROP$/m.exec(text) ?? [];
        if (id === undefined) return text;
        // A rule stands in the chains of both sides and paths.
        return text.replaceAll(new RegExp(`^-A .* --comment "${id}" .*\\n`, 'gm'), '');
      },
    });
    expect(report.differences.length).toBeGreaterThan(0);
  });
});
