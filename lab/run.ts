import { Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { eventFile, selected } from './commands.ts';
import { crowd } from './crowd.ts';
import type { Level } from './device.ts';
import { labDevices } from './devices/index.ts';
import { certificateIn, ProcessHost } from './host.ts';
import type { Spec } from './inside.ts';
import { inside } from './inside.ts';
import { kernelCommand } from './kernel/command.ts';
import type { Lab, LabOptions } from './lab.ts';
import { openLab } from './lab.ts';
import { live } from './life/life.ts';
import { outside } from './life/outside.ts';
import { address6Of, addressOf, OUTSIDE } from './topology.ts';

const USAGE = `Usage: node lab.js up [--level 1|2] [--device ID]… [--crowd N]
       node lab.js run [--level 1|2] [--device ID]… [--crowd N] [--life [--incident S]] -- COMMAND…
       node lab.js list
       node lab.js kernel [--seed N] [--packets N]

up    brings up the lab until Ctrl-C
run   brings it up, runs a command where the scanner stands, takes it down; exits with its status;
      with --life devices talk, the command runs on their router, and after S seconds one is taken over
list  prints as JSON what is in it
kernel  compares what the real kernel does with packets with what the simulator says
`;

const OPTIONS = {
  level: { type: 'string' },
  device: { type: 'string', multiple: true },
  crowd: { type: 'string' },
  count: { type: 'string' },
  work: { type: 'string' },
  /** A descriptor whose closing ends the lab. */
  leash: { type: 'string' },
  /** Devices talk, and the command runs on the router. */
  life: { type: 'boolean' },
  /** Seconds until the camera is taken over. */
  incident: { type: 'string' },
  seed: { type: 'string' },
  packets: { type: 'string' },
} as const;

interface Values {
  readonly level?: string | undefined;
  readonly device?: string[] | undefined;
  readonly crowd?: string | undefined;
  readonly count?: string | undefined;
  readonly work?: string | undefined;
  readonly leash?: string | undefined;
  readonly life?: boolean | undefined;
  readonly incident?: string | undefined;
  readonly seed?: string | undefined;
  readonly packets?: string | undefined;
}

function main(argv: readonly string[]): Promise<number> {
  const cut = argv.indexOf('--');
  const own = cut < 0 ? argv : argv.slice(0, cut);
  const command = cut < 0 ? [] : argv.slice(cut + 1);
  const { values, positionals } = parseArgs({
    args: [...own],
    options: OPTIONS,
    allowPositionals: true,
  });
  switch (positionals[0]) {
    case 'up':
      return up(values);
    case 'run':
      return command.length > 0 ? run(values, command) : Promise.resolve(usage());
    case 'list':
      return Promise.resolve(list());
    case 'kernel':
      return Promise.resolve(kernelCommand(values));
    case 'inside':
      return inner(positionals[1] ?? '');
    case 'device':
      return device(positionals[1] ?? '', values);
    case 'crowd':
      return crowdProcess(values);
    case 'life':
      return life(positionals[1] ?? '', values);
    default:
      return Promise.resolve(usage());
  }
}

function usage(): number {
  process.stderr.write(USAGE);
  return 2;
}

async function up(values: Values): Promise<number> {
  const lab = await opened(values);
  for (const { id, address, title, services } of lab.truth) {
    const ports = services.map(({ transport, port }) => `${port}/${transport}`).join(' ');
    process.stdout.write(`${address.padEnd(14)} ${id.padEnd(18)} ${title} · ${ports}\n`);
  }
  if (lab.enter.length > 0) process.stdout.write(`Enter it with: ${lab.enter.join(' ')} COMMAND\n`);
  await interrupted(values);
  await lab.stop();
  return 0;
}

async function run(values: Values, command: readonly string[]): Promise<number> {
  const lab = await opened(values);
  const stop = new AbortController();
  void interrupted(values).then(() => stop.abort());
  const env = {
    PORTOLAN_LAB_LEVEL: String(lab.level),
    PORTOLAN_LAB_TARGETS: lab.targets.join(' '),
    PORTOLAN_LAB_ENTER: lab.enter.join(' '),
  };
  const { status } = await lab.exec(command, { env, inherit: true, stop: stop.signal });
  await lab.stop();
  return status;
}

/** The level and why come first, whatever follows. */
async function opened(values: Values): Promise<Lab> {
  const level = levelOf(values.level);
  const lab = await openLab({
    ...(level === undefined ? {} : { level }),
    ...(values.device === undefined ? {} : { devices: values.device }),
    crowd: Number(values.crowd ?? 0),
    ...lifeOf(values),
  });
  const what = lab.level === 1 ? 'network namespaces' : 'addresses of loopback, 127.77.0.0/16';
  process.stderr.write(`Lab of level ${lab.level} (${what}): ${lab.reason}\n`);
  for (const { device: id, transport, port, why } of lab.skipped) {
    process.stderr.write(`Left out: ${id} ${port}/${transport}: ${why}\n`);
  }
  for (const { device: id, transport, port, why } of lab.standIns) {
    process.stderr.write(`Simulated: ${id} ${port}/${transport}: ${why}\n`);
  }
  return lab;
}

function lifeOf({ life: lives, incident }: Values): Pick<LabOptions, 'life'> {
  if (lives !== true) return {};
  return { life: incident === undefined ? {} : { incidentAfter: Number(incident) } };
}

/** What a device does by itself, in its namespace; or what stands for the internet. */
async function life(id: string, { work = '.', incident }: Values): Promise<number> {
  endWithParent();
  const ready = (): void => {
    process.stdout.write(`${JSON.stringify({ device: id, skipped: [], standIns: [] })}\n`);
  };
  if (id === OUTSIDE) {
    await outside(await certificateIn(join(work, OUTSIDE)));
    ready();
    return forever();
  }
  ready();
  return live(id, labDevices.all, incident === undefined ? undefined : Number(incident));
}

function levelOf(text: string | undefined): Level | undefined {
  if (text === undefined) return undefined;
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new Error(`--level is 1 or 2, not ${text}`);
}

const LEASH_MILLISECONDS = 3000;

/** Ctrl-C, SIGTERM, or the end of whoever holds the leash. */
function interrupted({ leash }: Values): Promise<void> {
  return new Promise((resolve) => {
    const count = { signals: 0 };
    const onSignal = (): void => {
      count.signals += 1;
      if (count.signals > 1) process.exit(130);
      resolve();
    };
    process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
    if (leash === undefined) return;
    const socket = new Socket({ fd: Number(leash) });
    // What runs gets the time to end well, as after Ctrl-C, but not for ever.
    socket
      .on('error', () => {})
      .on('close', () => {
        resolve();
        setTimeout(() => process.exit(130), LEASH_MILLISECONDS);
      });
    socket.resume().unref();
  });
}

function list(): number {
  const devices = labDevices.all.map((one) => ({
    id: one.id,
    title: one.title,
    zone: one.zone,
    mac: one.mac,
    addresses: { level1: addressOf(one, 1), level2: addressOf(one, 2), ipv6: address6Of(one) },
    truth: one.truth,
  }));
  process.stdout.write(`${JSON.stringify({ schema: 'portolan/lab/v1', devices }, undefined, 2)}\n`);
  return 0;
}

async function inner(text: string): Promise<number> {
  const spec: Spec = JSON.parse(text); // Our other half wrote it.
  await inside(spec);
  return forever();
}

async function device(id: string, { level: text, work = '.' }: Values): Promise<number> {
  endWithParent();
  const [one] = selected([id]);
  if (one === undefined) return usage();
  const level = levelOf(text) ?? 2;
  const host = new ProcessHost({
    level,
    address: addressOf(one, level),
    address6: level === 1 ? address6Of(one) : undefined,
    mac: one.mac,
    workFolder: join(work, id),
    eventFile: eventFile(work, id),
  });
  await one.start(host);
  const { skipped, standIns } = host;
  process.stdout.write(`${JSON.stringify({ device: id, skipped, standIns })}\n`);
  return forever();
}

async function crowdProcess({ level, count }: Values): Promise<number> {
  endWithParent();
  await crowd(Number(count ?? 0), levelOf(level) ?? 2);
  process.stdout.write(`${JSON.stringify({ device: 'crowd', skipped: [], standIns: [] })}\n`);
  return forever();
}

/** Our parent holds the other end of our input, and the kernel closes it however the parent ends. */
function endWithParent(): void {
  process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
  process.stdin.resume();
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

try {
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof TypeError ? 2 : 3); // parseArgs throws TypeErrors.
}
