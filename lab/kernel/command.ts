import { nftables } from '../../src/targets/nftables/nftables.ts';
import type { KernelReport } from './kernel-lab.ts';
import { kernelLab } from './kernel-lab.ts';
import { NoVerdict, spaceObstacle } from './space.ts';

/** Differences that are told in full. */
const MOST_TOLD = 20;

/** 0: the kernel does what the simulator says; 1: it does not; 2: nobody can tell. */
export function kernelCommand(values: {
  readonly seed?: string | undefined;
  readonly packets?: string | undefined;
}): number {
  const obstacle = spaceObstacle();
  if (obstacle !== undefined) {
    process.stderr.write(`No kernel lab: ${obstacle}\n`);
    return 2;
  }
  const seed = Number(values.seed ?? 1);
  const packets = Number(values.packets ?? 20_000);
  try {
    const report = kernelLab({ target: nftables, seed, packets });
    process.stdout.write(textOf(report, seed));
    return report.differences.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NoVerdict)) throw error;
    process.stderr.write(`No verdict: ${error.message}\n`);
    return 2;
  }
}

export function textOf(report: KernelReport, seed: number): string {
  const { packets, policies, differences, seconds, tried } = report;
  const rate = Math.round(packets / seconds).toLocaleString('en');
  const kinds = Object.entries(tried).map(([kind, count]) => `  ${kind}: ${count}\n`);
  const told = differences
    .slice(0, MOST_TOLD)
    .map(({ policySeed, wave, probe, what }) => `  ${policySeed} ${wave} ${probe.id}: ${what}\n`);
  const head = `seed ${seed}: ${packets} packets, ${policies} policies, ${differences.length} differences`;
  return `${head}, ${rate} packets/s\n${kinds.join('')}${told.join('')}`;
}
