import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessHost } from '../lab/host.ts';
import { withLab } from '../lab/lab.ts';
import { find } from '../lab/tools.ts';
import type { Figure, Measured } from './_bench.ts';
import { runBench } from './_bench.ts';
import { here, inLab, scan } from './_product.ts';
import { DEVICE, inSpace } from './_space.ts';

const DEVICES = 250;
const MEBIBYTES = 150;
/** What a hostile device may cost beyond one that says nothing. */
const HOSTILE_MEBIBYTES = 64;
const LIMIT_SECONDS = 900;
const FIRST_HOSTILE_PORT = 20_000;
const LAST_HOSTILE_PORT = 20_040;

/** A device that floods, trickles, lies about lengths …; where the checkout has it beside. */
const HOSTILE = [
  process.env['PORTOLAN_HOSTILE_DEVICE'] ?? '',
  join(import.meta.dirname, '../../../shared/tools/hostile/device.py'),
].find((file) => file !== '' && existsSync(file));

async function measure(): Promise<Measured> {
  const crowd = await withLab({ level: 1, devices: [], crowd: DEVICES }, (lab) =>
    scan(inLab(lab), lab.targets.slice(-1), LIMIT_SECONDS),
  );
  const asked = new Set(crowd.services.map(({ device }) => device));
  const hostile = HOSTILE === undefined ? [] : await withHostile();
  return {
    figures: [
      {
        name: 'devices whose page was found',
        unit: '',
        ours: asked.size,
        target: atLeast(DEVICES),
      },
      {
        name: `peak of a default scan of ${DEVICES} devices`,
        unit: 'MiB',
        ours: crowd.peakMebibytes,
        target: { atMost: MEBIBYTES },
      },
      { name: 'its time', unit: 's', ours: crowd.seconds },
      {
        name: 'packets and connections in its fullest second',
        unit: '',
        ours: crowd.scan.budget.maxPerSecondOverall,
        target: { atMost: 250 },
      },
      ...hostile,
    ],
    notes:
      HOSTILE === undefined
        ? ['No hostile device beside this checkout: name one in PORTOLAN_HOSTILE_DEVICE.']
        : [],
  };
}

function atLeast(number: number): { readonly atLeast: number } {
  return { atLeast: number };
}

/** The same ports of the same address, once with nobody there and once with the hostile device. */
async function withHostile(): Promise<readonly Figure[]> {
  const ports = `${FIRST_HOSTILE_PORT}-${LAST_HOSTILE_PORT}`;
  const args = ['-p', `T:${ports},U:${ports}`, '--assume-up', '--treat-as', 'robust'];
  const nobody = await scan(here, ['10.78.0.3', ...args], LIMIT_SECONDS);
  const hostile = await scan(here, [DEVICE, ...args], LIMIT_SECONDS);
  return [
    {
      name: 'peak of a scan of a hostile device',
      unit: 'MiB',
      ours: hostile.peakMebibytes,
      target: { atMost: MEBIBYTES },
    },
    {
      name: 'the same beyond a scan of nobody',
      unit: 'MiB',
      ours: hostile.peakMebibytes - nobody.peakMebibytes,
      target: { atMost: HOSTILE_MEBIBYTES },
    },
    { name: 'its time', unit: 's', ours: hostile.seconds, target: { atMost: 120 } },
  ];
}

async function hostileDevice(host: ProcessHost): Promise<void> {
  const python = find('python3');
  if (HOSTILE === undefined || python === undefined) return;
  const child = spawn(python, [HOSTILE, '--bind', host.address], { stdio: 'ignore' });
  process.on('exit', () => child.kill('SIGKILL'));
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

await inSpace(hostileDevice, () => runBench({ title: 'Memory', measure }));
