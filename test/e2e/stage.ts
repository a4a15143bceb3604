import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecOptions, Lab, LabOptions } from '../../lab/lab.ts';
import { openLab } from '../../lab/lab.ts';
import type { Output } from '../../lab/tools.ts';
import { lacking } from '../lab/need.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The built product, as a user starts it. */
export const PRODUCT = [process.execPath, join(ROOT, 'dist/portolan.js')];
/** Tools and data that come beside the repository; the build machine has them. */
const SHARED = join(ROOT, '../shared');
export const HOSTILE_DEVICE = join(SHARED, 'tools/hostile/device.py');
export const HOSTILE_STRINGS = join(SHARED, 'tools/hostile/strings.json');

/** Milliseconds after which a command that should have ended is killed: a bound, not a measure. */
export const PATIENCE = 150_000;

/** Why a test of the whole cannot run here; on the build machine nothing may be missing. */
export function cannot(programs: readonly string[], files: readonly string[] = []): string | false {
  const tool = lacking('unshare', 'ip', 'nsenter', 'python3', ...programs);
  if (tool !== undefined) return tool;
  const file = files.find((one) => !existsSync(one));
  return file === undefined || process.env['CI'] !== undefined ? false : `${file} is missing`;
}

/** A device beside those of the lab, in a namespace of its own. */
export interface Guest {
  readonly name: string;
  readonly zone: 'home' | 'iot' | 'ot';
  readonly address: string;
  readonly mac: string;
}

/** The lab with a folder for the product's data, and room for devices that the lab does not have. */
export class Stage {
  readonly lab: Lab;
  readonly folder: string;
  readonly #guests: ChildProcess[] = [];

  constructor(lab: Lab) {
    this.lab = lab;
    this.folder = mkdtempSync(join(tmpdir(), 'portolan-e2e-'));
  }

  static async open(options: LabOptions = {}): Promise<Stage> {
    return new Stage(await openLab({ level: 1, ...options }));
  }

  async close(): Promise<void> {
    for (const guest of this.#guests) guest.kill('SIGKILL');
    await this.lab.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  data(name = 'data'): string {
    return join(this.folder, name);
  }

  /** The product in the place of the scanner, with a data folder of its own. */
  portolan(
    argv: readonly string[],
    options: ExecOptions & { data?: string } = {},
  ): Promise<Output> {
    const { data = this.data(), ...rest } = options;
    return this.lab.exec([...PRODUCT, '--data', data, ...argv], { timeout: PATIENCE, ...rest });
  }

  /** The items of a command that prints a list as JSON. */
  async items<T>(argv: readonly string[], data?: string): Promise<readonly T[]> {
    const { stdout, stderr } = await this.portolan(
      [...argv, '--json'],
      data === undefined ? {} : { data },
    );
    if (stdout === '') throw new Error(stderr);
    const document: { items: T[] } = JSON.parse(stdout); // The product's own documents.
    return document.items;
  }

  sensor(script: string, options: ExecOptions = {}): Promise<Output> {
    return this.lab.exec(['sh', '-c', script], { timeout: PATIENCE, ...options });
  }

  /** Plugs a device in, whose only program `command` is; resolves when it has printed a line. */
  async plug({ name, zone, address, mac }: Guest, command: readonly string[]): Promise<Lines> {
    const cable = `g-${name}`;
    const inside = `ip -n ${name}`;
    await this.#router(
      [
        `ip netns add ${name}`,
        `ip link add ${cable} type veth peer name eth0 address ${mac} netns ${name}`,
        `ip link set ${cable} master br-${zone} up`,
        `${inside} link set lo up`,
        `${inside} addr add ${address}/24 broadcast + dev eth0`,
        `${inside} link set eth0 up`,
      ].join(' && '),
    );
    return this.run(name, command);
  }

  /** A program in the namespace of a device, for as long as the stage is up. */
  async run(name: string, command: readonly string[]): Promise<Lines> {
    const [program = '', ...args] = [...this.#enter, 'ip', 'netns', 'exec', name, ...command];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#guests.push(child);
    const lines: string[] = [];
    const words: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()));
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        resolve();
      });
      child.once('exit', (status) =>
        reject(new Error(`A program of ${name} ended with ${status ?? ''}: ${words.join('')}`)),
      );
    });
    return lines;
  }

  /** Ends every program of a device. */
  still(name: string): Promise<void> {
    return this.#router(`ip netns pids ${name} | xargs -r kill -9`);
  }

  async #router(script: string): Promise<void> {
    const [program = '', ...args] = [...this.#enter, 'sh', '-c', script];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const words: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => words.push(chunk.toString()));
    const status = await new Promise((resolve) => child.once('close', resolve));
    if (status !== 0) throw new Error(words.join(''));
  }

  /** The way into the router's namespace, which holds the others; without the last `ip netns exec sensor`. */
  get #enter(): readonly string[] {
    return this.lab.enter.slice(0, -4);
  }
}

/** What a guest has printed so far. */
export type Lines = readonly string[];

/** Characters that could play tricks on a terminal: C0 but newline and the tab between columns, DEL, C1, bidirectional, separators. */
export function tricks(text: string): readonly string[] {
  const found =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g);
  return [...new Set(found ?? [])].map((one) => `U+${one.charCodeAt(0).toString(16)}`);
}
