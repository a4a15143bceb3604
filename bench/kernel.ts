import { kernelLab } from '../lab/kernel/kernel-lab.ts';
import { spaceObstacle } from '../lab/kernel/space.ts';
import { nftables } from '../src/targets/nftables/nftables.ts';
import { median, runBench } from './_bench.ts';

/** Runs of the lab, each with other policies and other packets. */
const SEEDS = [1, 2, 3, 4, 5];
/** About 20,000 of these are sent: what is dropped has no answer. */
const PACKETS = 30_000;

void runBench({
  title: 'Simulator and kernel: random policies, random packets',
  measure() {
    const obstacle = spaceObstacle();
    if (obstacle !== undefined) throw new Error(obstacle);
    const reports = SEEDS.map((seed) =>
      kernelLab({ target: nftables, seed, packets: PACKETS, policies: 6 }),
    );
    const differences = reports.reduce((sum, report) => sum + report.differences.length, 0);
    const packets = reports.reduce((sum, report) => sum + report.packets, 0);
    const rates = reports.map((report) => report.packets / report.seconds);
    return Promise.resolve({
      figures: [
        { name: 'Packets compared', unit: '', ours: packets, target: { atLeast: 20_000 } },
        { name: 'Differences', unit: '', ours: differences, target: { atMost: 0 } },
        {
          name: 'Whole loop, median of the seeds',
          unit: 'packets/s',
          ours: median(rates),
          target: { atLeast: 5000 },
        },
      ],
      notes: [
        `Seeds ${SEEDS.join(', ')}; the loop is: policy, ruleset, nft, frames, kernel, frames, verdict.`,
        ...reports.flatMap(({ differences: found }) =>
          found.slice(0, 5).map(({ policySeed, what }) => `policy ${policySeed}: ${what}`),
        ),
      ],
    });
  },
});
