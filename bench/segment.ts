import { planSegments } from '../src/policy/segment/plan.ts';
import type { Measured } from './_bench.ts';
import { median, runBench } from './_bench.ts';
import { madeSite } from './_segments.ts';

/*
 * What dividing a network into zones is good for, and how long planning it takes: devices that
 * whoever takes over one of them reaches in the end, flat, with zones, and with rules for each
 * device. The sites are made up, and the same in every run.
 */

const RUNS = 5;

function measure(): Promise<Measured> {
  const home = planSegments(madeSite(54, 127));
  const office = madeSite(504, 1624);
  const times: number[] = [];
  let plan = planSegments(office);
  for (let run = 0; run < RUNS; run += 1) {
    const started = performance.now();
    plan = planSegments(office);
    times.push((performance.now() - started) / 1000);
  }
  const reach = (name: string, { blast }: typeof plan): Measured['figures'] => [
    { name: `${name}: reach, flat`, unit: 'devices', ours: blast.flat.mean },
    {
      name: `${name}: reach, zones`,
      unit: 'devices',
      ours: blast.zones.mean,
      target: { atMost: blast.flat.mean / 2 },
    },
    {
      name: `${name}: reach, zones and rules for each device`,
      unit: 'devices',
      ours: blast.devices.mean,
      target: { atMost: blast.flat.mean / 10 },
    },
  ];
  return Promise.resolve({
    figures: [
      ...reach('54 devices, 127 flows', home),
      ...reach('504 devices, 1,624 flows', plan),
      {
        name: 'planning 504 devices, 1,624 flows',
        unit: 's',
        ours: median(times),
        target: { atMost: 3 },
      },
    ],
    notes: [
      `To decide: ${home.breaks.length} and ${plan.breaks.length} kinds of flows; rules of zones: ${home.crossings.length} and ${plan.crossings.length}.`,
    ],
  });
}

await runBench({ title: 'Dividing a network into zones', measure });
