import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { crowdCommand, deviceCommand, eventFile, selected } from './commands.ts';
import { crowdPort } from './crowd.ts';
import type { LabEvent, Level, TrueService, Truth } from './device.ts';
import { Fleet } from './fleet.ts';
import type { DeviceService, FromInside, Life, Shortcomings, Spec, ToInside } from './inside.ts';
import { shortcomings, statusOf } from './inside.ts';
import type { Output } from './tools.ts';
import { find } from './tools.ts';
import {
  addressOf,
  crowdAddress,
  crowdRange,
  rangeOf,
  routerAddress,
  SENSOR,
  ZONES,
} from './topology.ts';

export interface LabOptions {
  /** The best that this machine allows, where nothing is said; else this one or an error. */
  readonly level?: Level | undefined;
  /** Ids; all where nothing is said. */
  readonly devices?: readonly string[] | undefined;
  /** So many simple devices beside, at most 250, in a network of their own. */
  readonly crowd?: number | undefined;
  /** Devices talk, and commands run on their router; left out where there is no level 1. */
  readonly life?: Life | undefined;
}

/** A device as it is in this lab: without the services that this machine could not bring up. */
export interface TrueDevice extends Omit<Truth, 'services'> {
  readonly id: string;
  readonly title: string;
  readonly address: string;
  readonly mac: string;
  readonly services: readonly TrueService[];
}

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Output goes straight to this process's own; nothing is collected. */
  readonly inherit?: boolean;
  /** Milliseconds, then SIGKILL. */
  readonly timeout?: number;
  /** On abort the command gets SIGINT. */
  readonly stop?: AbortSignal;
}

export interface Lab {
  readonly level: Level;
  /** Why this level, in a sentence. */
  readonly reason: string;
  readonly truth: readonly TrueDevice[];
  readonly skipped: readonly DeviceService[];
  /** Where a simulator answers, since the real server is not to be had. */
  readonly standIns: readonly DeviceService[];
  /** What to scan: the networks, or on loopback the addresses, most of which are nobody's. */
  readonly targets: readonly string[];
  /** Addresses of the router, which answers ARP and pings, and offers no service; none on loopback. */
  readonly routers: readonly string[];
  /** Addresses of the crowd. */
  readonly crowd: readonly string[];
  readonly crowdPort: number;
  /** To put before a command so that it runs where the product runs; from any terminal. */
  readonly enter: readonly string[];
  /** Runs a command where the product runs: with a leg in each zone, and no way out. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<Output>;
  events(device: string): readonly (LabEvent & { readonly at: number })[];
  stop(): Promise<void>;
}

/** A lab for as long as `body` takes. */
export async function withLab<T>(options: LabOptions, body: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await openLab(options);
  try {
    return await body(lab);
  } finally {
    await lab.stop();
  }
}

/** @throws Error when the level that was asked for cannot be had here */
export async function openLab(options: LabOptions): Promise<Lab> {
  const missing = obstacle();
  if (options.level === 1 && missing !== undefined)
    throw new Error(`No lab of level 1: ${missing}`);
  if (options.level === 2) return new LoopbackLab(specOf(2, options), 'it was asked for').open();
  if (missing !== undefined) return new LoopbackLab(specOf(2, options), missing).open();
  const how = process.getuid?.() === 0 ? 'as root' : 'without root, in a user namespace';
  const lab = new NamespaceLab(specOf(1, options), `this machine allows namespaces ${how}`);
  try {
    return await lab.open();
  } catch (error) {
    await lab.stop();
    const why = error instanceof Error ? error.message : String(error);
    if (options.level === 1) throw new Error(`No lab of level 1: ${why}`, { cause: error });
    return new LoopbackLab(specOf(2, options), `no namespaces here: ${why}`).open();
  }
}

/** What keeps this machine from level 1, as far as can be seen without trying. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux')
    return `namespaces are Linux's, and this is ${process.platform}`;
  const tool = ['unshare', 'ip', 'mount'].find((program) => find(program) === undefined);
  return tool === undefined ? undefined : `${tool} is not installed`;
}

function specOf(level: Level, { devices, crowd = 0, life }: LabOptions): Spec {
  return {
    level,
    crowd,
    workFolder: mkdtempSync(join(tmpdir(), 'portolan-lab-')),
    entry: labEntry(import.meta.dirname),
    ...(devices === undefined ? {} : { devices }),
    ...(life === undefined || level === 2 ? {} : { life }),
  };
}

/** The built lab, which runs as processes of its own: beside this file, or in dist/ of the sources. */
function labEntry(from: string): string {
  const candidates = [
    process.env['PORTOLAN_LAB_ENTRY'] ?? '',
    join(from, 'lab.js'),
    join(from, 'dist/lab.js'),
  ];
  const found = candidates.find((file) => file !== '' && existsSync(file));
  if (found !== undefined) return found;
  if (dirname(from) === from) throw new Error('dist/lab.js is missing. Run: npm run build');
  return labEntry(dirname(from));
}

abstract class BaseLab implements Lab {
  readonly level: Level;
  readonly reason: string;
  readonly targets: readonly string[];
  readonly routers: readonly string[];
  readonly crowd: readonly string[];
  readonly crowdPort: number;
  protected readonly spec: Spec;
  #shortcomings: Shortcomings = { skipped: [], standIns: [] };
  abstract readonly enter: readonly string[];

  constructor(spec: Spec, reason: string) {
    this.spec = spec;
    this.level = spec.level;
    this.reason = reason;
    this.crowd = Array.from({ length: spec.crowd }, (_, index) => crowdAddress(index, spec.level));
    this.crowdPort = crowdPort(spec.level);
    const zones = new Set(selected(spec.devices).map(({ zone }) => zone));
    const networks = ZONES.filter((zone) => zones.has(zone)).map((zone) =>
      rangeOf(zone, spec.level),
    );
    this.routers = spec.level === 1 ? [...zones].map(routerAddress) : [];
    const addresses = selected(spec.devices).map((device) => addressOf(device, spec.level));
    const own = spec.level === 1 ? networks : addresses;
    this.targets = spec.crowd > 0 ? [...own, crowdRange(spec.level)] : own;
  }

  async open(): Promise<this> {
    this.#shortcomings = await this.start();
    return this;
  }

  get skipped(): readonly DeviceService[] {
    return this.#shortcomings.skipped;
  }

  get standIns(): readonly DeviceService[] {
    return this.#shortcomings.standIns;
  }

  get truth(): readonly TrueDevice[] {
    return selected(this.spec.devices).map((device) => {
      const lost = this.skipped.filter((one) => one.device === device.id);
      const services = device.truth.services.filter(
        ({ transport, port }) =>
          !lost.some((one) => one.transport === transport && one.port === port),
      );
      const { id, title, mac, truth } = device;
      return { ...truth, id, title, mac, address: addressOf(device, this.level), services };
    });
  }

  events(device: string): readonly (LabEvent & { at: number })[] {
    const file = eventFile(this.spec.workFolder, device);
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line): LabEvent & { at: number } => JSON.parse(line)); // Our own devices wrote them.
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.spec.workFolder, { recursive: true, force: true });
  }

  abstract exec(argv: readonly string[], options?: ExecOptions): Promise<Output>;
  protected abstract start(): Promise<Shortcomings>;
  protected abstract end(): Promise<void>;
}

/** Level 2: addresses of loopback, and the product right beside. */
class LoopbackLab extends BaseLab {
  readonly enter: readonly string[] = [];
  readonly #fleet = new Fleet();

  protected async start(): Promise<Shortcomings> {
    const ready = await Promise.all([
      ...selected(this.spec.devices).map(({ id }) =>
        this.#fleet.start(deviceCommand(this.spec, id)),
      ),
      ...(this.spec.crowd > 0 ? [this.#fleet.start(crowdCommand(this.spec))] : []),
    ]);
    return shortcomings(ready);
  }

  protected end(): Promise<void> {
    return this.#fleet.stop();
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Output> {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      stdio:
        options.inherit === true ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    const ended = new Promise<Output>((resolve) => {
      child.once('error', (error) => resolve({ status: 127, stdout: '', stderr: error.message }));
      child.once('close', (status, signal) =>
        resolve({
          status: statusOf(status, signal),
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        }),
      );
    });
    return bounded(ended, options, (signal) => child.kill(signal));
  }
}

interface Waiting {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  resolve(output: Output): void;
}

/** Level 1: everything below one process in namespaces of its own, reached by a pair of sockets. */
class NamespaceLab extends BaseLab {
  readonly #waiting = new Map<number, Waiting>();
  #leader: ChildProcess | undefined;
  #last = 0;

  get enter(): readonly string[] {
    const pid = firstChild(this.#leader?.pid ?? 0);
    const user = process.getuid?.() === 0 ? [] : ['-U', '--preserve-credentials'];
    const namespaces = ['-t', String(pid), ...user, '-m', '-n', '-p'];
    const where = this.spec.life === undefined ? ['ip', 'netns', 'exec', SENSOR] : [];
    return ['nsenter', ...namespaces, '--', ...where];
  }

  protected start(): Promise<Shortcomings> {
    const user = process.getuid?.() === 0 ? [] : ['-U', '-r'];
    const unshare = [...user, '-n', '-m', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const command = [process.execPath, this.spec.entry, 'inside', JSON.stringify(this.spec)];
    // A session of its own: Ctrl-C is ours to pass on, so that what runs there can end well.
    const leader = spawn(find('unshare') ?? 'unshare', [...unshare, '--', ...command], {
      stdio: ['ignore', 'inherit', 'pipe', 'pipe'],
      detached: true,
    });
    this.#leader = leader;
    return new Promise((resolve, reject) => {
      let lastWords = '';
      leader.stderr?.on('data', (chunk: Buffer) => {
        lastWords = (lastWords + chunk.toString()).slice(-2000);
        if (this.#last > 0) process.stderr.write(chunk);
      });
      leader.once('error', reject);
      leader.once('exit', () => reject(new Error(lastWords.trim() || 'it ended at once')));
      this.#listen(leader, (message) => {
        if (message.kind === 'ready') resolve(message);
        if (message.kind === 'failed') reject(new Error(message.why));
      });
    });
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<Output> {
    this.#last += 1;
    const id = this.#last;
    const ended = new Promise<Output>((resolve) => {
      this.#waiting.set(id, { stdout: [], stderr: [], resolve });
    });
    const { env = {}, inherit = false } = options;
    this.#say({ kind: 'run', id, argv, inherit, env });
    return bounded(ended, options, (signal) => this.#say({ kind: 'signal', id, signal }));
  }

  protected async end(): Promise<void> {
    const leader = this.#leader;
    if (leader === undefined || leader.exitCode !== null || leader.signalCode !== null) return;
    const gone = new Promise((resolve) => leader.once('exit', resolve));
    leader.kill('SIGKILL'); // --kill-child takes the first process along, and the kernel the rest.
    await gone;
  }

  #say(message: ToInside): void {
    const leash = this.#leader?.stdio[3];
    if (leash !== undefined && leash !== null && 'write' in leash) {
      leash.write(`${JSON.stringify(message)}\n`);
    }
  }

  #listen(leader: ChildProcess, other: (message: FromInside) => void): void {
    const leash = leader.stdio[3];
    if (leash === undefined || leash === null || !('read' in leash)) return;
    leash.on('error', () => {});
    createInterface({ input: leash }).on('line', (line) => {
      const message: FromInside = JSON.parse(line); // Our other half wrote it.
      const waiting = 'id' in message ? this.#waiting.get(message.id) : undefined;
      if (message.kind === 'output') {
        waiting?.[message.stream].push(Buffer.from(message.base64, 'base64'));
      } else if (message.kind === 'end') {
        waiting?.resolve({
          status: message.status,
          stdout: Buffer.concat(waiting.stdout).toString(),
          stderr: Buffer.concat(waiting.stderr).toString(),
        });
      } else other(message);
    });
  }
}

/** The first process in the namespaces, by its number out here. */
function firstChild(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}

async function bounded(
  ended: Promise<Output>,
  { timeout, stop }: ExecOptions,
  kill: (signal: NodeJS.Signals) => void,
): Promise<Output> {
  const timer = timeout === undefined ? undefined : setTimeout(() => kill('SIGKILL'), timeout);
  const interrupt = (): void => kill('SIGINT');
  stop?.addEventListener('abort', interrupt);
  try {
    return await ended;
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener('abort', interrupt);
  }
}
