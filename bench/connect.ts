import type { LabHost } from '../lab/device.ts';
import { titled, website } from '../lab/servers/http.ts';
import type { Measured } from './_bench.ts';
import { hasNmap, least, runBench, summed } from './_bench.ts';
import { nmap } from './_nmap.ts';
import { here, scan } from './_product.ts';
import { DEVICE, inSpace } from './_space.ts';

const ALL = 65_535;
const RUNS = 3;
const LIMIT_SECONDS = 300;

/** Spread over the whole range, from a multiplicative generator so that no stride helps anybody. */
const OPEN = Array.from({ length: 20 }, (_, index) => 1 + (((index + 1) * 40_503) % ALL));

async function device(host: LabHost): Promise<void> {
  const page = titled('Port of the bench');
  await Promise.all(
    OPEN.map((port) => host.tcp(port, website(host, port, { pages: { '/': page } }))),
  );
}

interface Run {
  readonly found: number;
  readonly seconds: number;
}

async function measure(): Promise<Measured> {
  const ours: Run[] = [];
  const peer: Run[] = [];
  const memory: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const { services, seconds, peakMebibytes } = await scan(
      here,
      [DEVICE, '-p', 'T:-', '--assume-up', '--treat-as', 'robust', '--pace', 'fast'],
      LIMIT_SECONDS,
    );
    const open = services.filter(({ state, transport }) => state === 'open' && transport === 'tcp');
    ours.push({ found: recall(open.map(({ port }) => port)), seconds });
    memory.push(peakMebibytes);
    peer.push(...(await byNmap()));
  }
  const all = (pick: (run: Run) => number): { ours: number[]; peer: number[] } => ({
    ours: ours.map(pick),
    peer: peer.map(pick),
  });
  return {
    figures: [
      summed(`found open of ${OPEN.length}, fewest of ${RUNS} runs`, '', all(foundIn), {
        pick: least,
        target: { atLeast: OPEN.length },
      }),
      summed(
        'time, from start to end of the process',
        's',
        all(({ seconds }) => seconds),
        {
          ratio: true,
        },
      ),
      summed(
        'connects a second',
        '',
        all(({ seconds }) => Math.round(ALL / seconds)),
      ),
      summed('peak memory', 'MiB', { ours: memory, peer: [] }, { target: { atMost: 150 } }),
    ],
    notes: ['Ours names what it finds in the same time; nmap -sT only finds it.'],
  };
}

function foundIn({ found }: Run): number {
  return found;
}

async function byNmap(): Promise<readonly Run[]> {
  if (!hasNmap()) return [];
  const answer = await nmap(here, ['-sT', '-p-', '-Pn', DEVICE], LIMIT_SECONDS);
  const open = answer?.ports.filter(({ state }) => state === 'open').map(({ port }) => port) ?? [];
  return [{ found: recall(open), seconds: answer?.seconds ?? Number.NaN }];
}

/** How many of those that are open were found; whatever else was "found" counts against. */
function recall(ports: readonly number[]): number {
  const found = new Set(ports);
  const right = OPEN.filter((port) => found.has(port)).length;
  return right - (found.size - right);
}

await inSpace(device, () =>
  runBench({ title: `All ${ALL} TCP ports of one robust device`, peer: 'nmap', measure }),
);
