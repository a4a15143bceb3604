import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { crowdCommand, deviceCommand, lifeCommand, selected } from './commands.ts';
import type { LabDevice, Level, Skipped } from './device.ts';
import type { Ready } from './fleet.ts';
import { Fleet } from './fleet.ts';
import { HABITS } from './life/life.ts';
import { CLOUD_NETWORK, CLOUDS, RESOLVER } from './life/outside.ts';
import { execute, find } from './tools.ts';
import {
  CROWD_NETWORK,
  defaultRoute,
  deviceBatch,
  OUTSIDE,
  outsideBatch,
  routerBatch,
  SENSOR,
  SPAN,
  sensorBatch,
  spanBatch,
  spanRules,
  uplinkBatch,
} from './topology.ts';

/** The descriptor on which the two halves of a lab talk; when it closes, the lab ends. */
export const LEASH = 3;

/** Who logged in on this machine: nobody did that only came to the lab. */
const WTMP = '/var/log/wtmp';

/** What a lab is to be made of. */
export interface Spec {
  readonly level: Level;
  /** Ids; all where nothing is said. */
  readonly devices?: readonly string[];
  /** How many simple devices beside. */
  readonly crowd: number;
  readonly workFolder: string;
  /**
   * The router forwards, devices talk to each other and to an outside, and commands run on the router;
   * else nobody sends by himself, and commands run beside it. Of level 1 only.
   */
  readonly life?: Life;
  /** The script to start processes of the lab with. */
  readonly entry: string;
}

export interface Life {
  /** Seconds until the camera is taken over; never where it is absent. */
  readonly incidentAfter?: number;
}

export type DeviceService = Skipped & { readonly device: string };

/** What of a lab is not as it should be on this machine. */
export interface Shortcomings {
  readonly skipped: readonly DeviceService[];
  /** Where a simulator answers, since the real server is not to be had. */
  readonly standIns: readonly DeviceService[];
}

export type ToInside =
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly argv: readonly string[];
      readonly inherit: boolean;
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'signal'; readonly id: number; readonly signal: NodeJS.Signals };

export type FromInside =
  | ({ readonly kind: 'ready' } & Shortcomings)
  | { readonly kind: 'failed'; readonly why: string }
  | {
      readonly kind: 'output';
      readonly id: number;
      readonly stream: 'stdout' | 'stderr';
      readonly base64: string;
    }
  | { readonly kind: 'end'; readonly id: number; readonly status: number };

/** The half of the lab that runs in the namespaces, as their first process: its end is theirs. */
export async function inside(spec: Spec): Promise<void> {
  const leash = new Socket({ fd: LEASH });
  const say = (message: FromInside): void => {
    leash.write(`${JSON.stringify(message)}\n`);
  };
  leash.on('close', () => process.exit(0)).on('error', () => process.exit(0));
  const running = new Map<number, ChildProcess>();
  createInterface({ input: leash }).on('line', (line) => {
    const message: ToInside = JSON.parse(line); // Our other half wrote it.
    if (message.kind === 'signal') running.get(message.id)?.kill(message.signal);
    else run(spec, message, running, say);
  });
  try {
    say({ kind: 'ready', ...(await bringUp(spec)) });
  } catch (error) {
    say({ kind: 'failed', why: error instanceof Error ? error.message : String(error) });
    leash.end();
  }
}

async function bringUp(spec: Spec): Promise<Shortcomings> {
  const devices = selected(spec.devices);
  const crowd = spec.crowd > 0;
  const ipv6 = existsSync('/proc/sys/net/ipv6');
  // Our own /run: names of namespaces, and what servers leave there, vanish with it.
  await must(['mount', '-t', 'tmpfs', 'tmpfs', '/run']);
  mkdirSync('/run/netns');
  if (existsSync(WTMP)) await must(['mount', '--bind', '/dev/null', WTMP]);
  await must(['ip', '-batch', '-'], routerBatch(devices, crowd));
  await Promise.all([
    must(['ip', '-n', SENSOR, '-batch', '-'], sensorBatch(crowd, ipv6)),
    ...devices.map((device) =>
      must(['ip', '-n', device.id, '-batch', '-'], deviceBatch(device, ipv6)),
    ),
    ...(crowd ? [crowdNetwork(spec.crowd)] : []),
  ]);
  const fleet = new Fleet();
  const inNamespace = (name: string): string[] => [find('ip') ?? 'ip', 'netns', 'exec', name];
  if (spec.life !== undefined) await connectZones(spec, devices);
  const ready = await Promise.all([
    ...devices.map(({ id }) => fleet.start([...inNamespace(id), ...deviceCommand(spec, id)])),
    ...(crowd ? [fleet.start([...inNamespace('crowd'), ...crowdCommand(spec)])] : []),
  ]);
  if (spec.life !== undefined) await beginLife(spec, fleet, devices, inNamespace);
  return shortcomings(ready);
}

async function connectZones(spec: Spec, devices: readonly LabDevice[]): Promise<void> {
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
  await must(['ip', '-batch', '-'], uplinkBatch());
  await must(
    ['ip', '-n', OUTSIDE, '-batch', '-'],
    outsideBatch([RESOLVER, ...Object.values(CLOUDS)]),
  );
  await Promise.all(
    devices.map((device) => must(['ip', '-n', device.id, '-batch', '-'], [defaultRoute(device)])),
  );
  mkdirSync(join(spec.workFolder, OUTSIDE), { recursive: true });
  await mirror(devices.length);
}

/** Without nft there is no mirror port: then the product sees only what it asks for. */
async function mirror(devices: number): Promise<void> {
  const nft = find('nft');
  if (nft === undefined) return;
  await must(['ip', '-batch', '-'], spanBatch());
  const { status } = await execute([nft, '-f', '-'], spanRules(devices, CLOUD_NETWORK));
  if (status !== 0) await must(['ip', 'link', 'delete', SPAN]);
}

async function beginLife(
  spec: Spec,
  fleet: Fleet,
  devices: readonly LabDevice[],
  inNamespace: (name: string) => string[],
): Promise<void> {
  await fleet.start([...inNamespace(OUTSIDE), ...lifeCommand(spec, OUTSIDE)]);
  const living = devices.filter(({ id }) => HABITS[id] !== undefined);
  await Promise.all(
    living.map(({ id }) => fleet.start([...inNamespace(id), ...lifeCommand(spec, id)])),
  );
}

export function shortcomings(ready: readonly Ready[]): Shortcomings {
  const of = (pick: (one: Ready) => readonly Skipped[]): readonly DeviceService[] =>
    ready.flatMap((one) => pick(one).map((service) => ({ ...service, device: one.device })));
  return { skipped: of(({ skipped }) => skipped), standIns: of(({ standIns }) => standIns) };
}

/**
 * One namespace for all of them, yet each with a MAC of its own: a macvlan for each address, which
 * answers ARP only for what is its own (arp_ignore 1) and takes answers by any way (rp_filter 0).
 */
async function crowdNetwork(count: number): Promise<void> {
  await must(
    ['ip', '-batch', '-'],
    [
      'netns add crowd',
      'link add v-crowd type veth peer name eth0 netns crowd',
      'link set v-crowd master br-crowd up',
    ],
  );
  const settings = { arp_ignore: 1, arp_announce: 2, rp_filter: 0 };
  const script = Object.entries(settings)
    .map(([name, value]) => `echo ${value} > /proc/sys/net/ipv4/conf/all/${name}`)
    .join(' && ');
  await must(['ip', 'netns', 'exec', 'crowd', 'sh', '-c', script]);
  const members = Array.from({ length: count }, (_, index) => {
    const host = index + 3;
    const mac = `24:0a:c4:77:${hex(host >> 8)}:${hex(host & 255)}`;
    return [
      `link add link eth0 name m${host} address ${mac} type macvlan mode bridge`,
      `addr add 10.77.${CROWD_NETWORK}.${host}/24 dev m${host}`,
      `link set m${host} up`,
    ];
  });
  await must(
    ['ip', '-n', 'crowd', '-batch', '-'],
    ['link set lo up', 'link set eth0 up', ...members.flat()],
  );
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}

async function must(command: readonly string[], batch: readonly string[] = []): Promise<void> {
  const { status, stderr } = await execute(command, batch.map((line) => `${line}\n`).join(''));
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.trim().split('\n')[0] ?? ''}`);
}

function run(
  spec: Spec,
  { id, argv, inherit, env }: Extract<ToInside, { kind: 'run' }>,
  running: Map<number, ChildProcess>,
  say: (message: FromInside) => void,
): void {
  // Of a lab that lives, the product is on the router, where everything passes.
  const where = spec.life === undefined ? [find('ip') ?? 'ip', 'netns', 'exec', SENSOR] : [];
  const [program = '', ...args] = [...where, ...argv];
  const child = spawn(program, args, {
    stdio: inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.set(id, child);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) =>
      say({ kind: 'output', id, stream, base64: chunk.toString('base64') }),
    );
  }
  child.on('error', () => {});
  child.on('close', (status, signal) => {
    running.delete(id);
    say({ kind: 'end', id, status: statusOf(status, signal) });
  });
}

/** As a shell has it: 128 and the signal's number. */
export function statusOf(status: number | null, signal: NodeJS.Signals | null): number {
  const numbers: Readonly<Partial<Record<NodeJS.Signals, number>>> = {
    SIGINT: 130,
    SIGKILL: 137,
    SIGTERM: 143,
  };
  return status ?? (signal === null ? 1 : (numbers[signal] ?? 128));
}
