import { describe, expect, test } from 'vitest';
import type { KernelDifference } from '../../lab/kernel/kernel-lab.ts';
import { kernelLab } from '../../lab/kernel/kernel-lab.ts';
import { spaceObstacle } from '../../lab/kernel/space.ts';
import { find } from '../../lab/tools.ts';
import { nftables } from '../../src/targets/nftables/nftables.ts';

/** Printed with what fails; set it to look at one run again. */
const SEED = Number(process.env['PORTOLAN_SEED'] ?? 2026);

/** A rule that denies. */
const DENIES = /^\t\t.*counter (?:drop|goto p_reject) comment "([bei]\d+)"\n/m;

function lacking(): string | undefined {
  if (process.env['CI'] !== undefined) return undefined;
  const nft =
    find('nft') === undefined ? 'nft is not installed: sudo apt install nftables' : undefined;
  return spaceObstacle() ?? nft;
}

const obstacle = lacking();
if (obstacle !== undefined) process.stderr.write(`The kernel lab is left out: ${obstacle}\n`);

function told(differences: readonly KernelDifference[]): readonly string[] {
  return differences.map(({ policySeed, wave, what }) => `seed ${policySeed}, ${wave}: ${what}`);
}

describe.skipIf(obstacle !== undefined)('nftables in the real kernel', () => {
  test('does with 20,000 packets what the simulator says', () => {
    const report = kernelLab({ target: nftables, seed: SEED, packets: 31_000, policies: 10 });
    expect(told(report.differences)).toEqual([]);
    expect(report.packets).toBeGreaterThanOrEqual(20_000);
    // All that can become of a packet was tried.
    const kinds = ['new allow', 'new drop', 'new reject', 'new leave', 'invalid drop'].concat([
      'invalid leave',
      'established allow',
      'related allow',
    ]);
    expect(kinds.filter((kind) => (report.tried[kind] ?? 0) < 100)).toEqual([]);
  });

  test('is found out where one rule of the ruleset is missing', () => {
    const removed = new Set<string>();
    const report = kernelLab({
      target: nftables,
      seed: SEED,
      packets: 4000,
      policies: 4,
      tamper: (text) => {
        const [, id] = DENIES.exec(text) ?? [];
        if (id === undefined) return text;
        removed.add(id);
        // A rule stands in the chains of both sides and paths.
        return text.replaceAll(new RegExp(`^\\t\\t.* comment "${id}"\\n`, 'gm'), '');
      },
    });
    expect(removed.size).toBeGreaterThan(0);
    expect(report.differences.length).toBeGreaterThan(0);
  });
});
