import { describe, expect, test } from 'vitest';
import type { KernelDifference } from '../../lab/kernel/kernel-lab.ts';
import { kernelLab } from '../../lab/kernel/kernel-lab.ts';
import { spaceObstacle } from '../../lab/kernel/space.ts';
import { find } from '../../lab/tools.ts';
import { nftables } from '../../src/targets/nftables/nftables.ts';

/** Printed with what fails; set it to look at one run again. */
const SEED = Number(process.env['PORTOLAN_SEED'] ?? 2026);

/** What denies a managed device that no rule allows anything more. */
const DEFAULT = /^\t\t.*counter (drop|goto p_reject) comment "ptl-d-d\d+"\n/m;

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
    let removed = '';
    const report = kernelLab({
      target: nftables,
      seed: SEED,
      packets: 4000,
      policies: 2,
      tamper: (text) => {
        const line = DEFAULT.exec(text)?.[0] ?? '';
        removed = line === '' ? removed : line;
        return text.replace(line, '');
      },
    });
    expect(removed).not.toBe('');
    expect(report.differences.length).toBeGreaterThan(0);
  });
});
