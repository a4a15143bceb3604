import type { Lab } from '../lab/lab.ts';
import { withLab } from '../lab/lab.ts';
import type { Measured } from './_bench.ts';
import { hasNmap, least, runBench, summed } from './_bench.ts';
import { captured, mostInASecond } from './_frames.ts';
import { nmap } from './_nmap.ts';
import { inLab, scan } from './_product.ts';

const DEVICES = 250;
const SECONDS = 10;
const RUNS = 3;

interface Run {
  readonly found: number;
  readonly seconds: number;
  readonly packets: number;
  /** Packets of ours within one second, ARP included. */
  readonly peak: number;
}

async function measure(): Promise<Measured> {
  const ours: Run[] = [];
  const peer: Run[] = [];
  await withLab({ level: 1, devices: [], crowd: DEVICES }, async (lab) => {
    for (let run = 0; run < RUNS; run += 1) {
      ours.push(await byUs(lab));
      peer.push(...(await byNmap(lab)));
    }
  });
  const all = (field: keyof Run): { ours: number[]; peer: number[] } => ({
    ours: ours.map((run) => run[field]),
    peer: peer.map((run) => run[field]),
  });
  return {
    figures: [
      summed(`found of ${DEVICES}, fewest of ${RUNS} runs`, '', all('found'), {
        pick: least,
        target: { atLeast: DEVICES },
      }),
      summed('time, from start to end of the process', 's', all('seconds'), {
        ratio: true,
        target: { atMost: SECONDS },
      }),
      summed('packets sent, ARP included', '', all('packets')),
      summed('packets sent in the fullest second', '', all('peak')),
    ],
    notes: ['nmap -sn asks by ARP, for which it needs root; ours needs no right.'],
  };
}

function byUs(lab: Lab): Promise<Run> {
  return watched(lab, async () => {
    const { devices, seconds } = await scan(inLab(lab), [...crowdOf(lab), '--discover-only'], 120);
    return { seconds, up: devices.flatMap(({ addresses }) => addresses) };
  });
}

async function byNmap(lab: Lab): Promise<readonly Run[]> {
  if (!hasNmap()) return [];
  const run = await watched(lab, async () => {
    const answer = await nmap(inLab(lab), ['-sn', ...crowdOf(lab)], 120);
    return { seconds: answer?.seconds ?? Number.NaN, up: answer?.up ?? [] };
  });
  return [run];
}

/** The kernel has forgotten everybody: what a run before left in its table is no discovery. */
async function watched(
  lab: Lab,
  body: () => Promise<{ seconds: number; up: readonly string[] }>,
): Promise<Run> {
  await lab.exec(['ip', 'neigh', 'flush', 'all', 'nud', 'all']);
  const { result, frames } = await captured(lab, 'ip or ip6 or arp', body);
  const sent = frames.filter(({ isSent }) => isSent).map(({ at }) => at);
  const up = new Set(result.up);
  return {
    found: lab.crowd.filter((address) => up.has(address)).length,
    seconds: result.seconds,
    packets: sent.length,
    peak: mostInASecond(sent),
  };
}

/** The network of the crowd alone; the lab's other networks are empty here. */
function crowdOf({ targets }: Lab): readonly string[] {
  return targets.slice(-1);
}

await runBench({ title: `Discovery of ${DEVICES} devices`, peer: 'nmap', measure });
