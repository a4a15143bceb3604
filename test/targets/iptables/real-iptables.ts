import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../../../lab/tools.ts';
import type { Artefact } from '../../../src/targets/target.ts';
import { lacking } from '../../lab/need.ts';

export const obstacle = lacking('iptables', 'ip6tables', 'ipset', 'unshare');
if (obstacle !== undefined) process.stderr.write(`Real iptables is left out: ${obstacle}\n`);

/** The kernel's former interface, and nf_tables behind the same words. */
export const VARIANTS = ['nft', 'legacy'] as const;
export type Variant = (typeof VARIANTS)[number];

const COMMANDS = ['iptables', 'ip6tables'].flatMap((name) => [
  name,
  `${name}-save`,
  `${name}-restore`,
]);

/** Runs a script in a network namespace of its own, with one of the two variants under the usual names. */
export class Router {
  readonly folder = mkdtempSync(join(tmpdir(), 'portolan-iptables-'));
  readonly #bin = join(this.folder, 'bin');

  constructor(variant: Variant) {
    mkdirSync(this.#bin);
    for (const command of COMMANDS) {
      const [name = '', tail] = command.split('-');
      const real = `${name}-${variant}${tail === undefined ? '' : `-${tail}`}`;
      symlinkSync(find(real) ?? real, join(this.#bin, command));
    }
  }

  /** What the script prints. @throws where it fails */
  run(script: string): string {
    const user = process.getuid?.() === 0 ? [] : ['-Ur'];
    const path = [this.#bin, process.env['PATH'], '/usr/sbin:/sbin'].join(':');
    return execFileSync('unshare', [...user, '-n', 'sh', '-ec', script], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path, LC_ALL: 'C' },
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** The commands of an artefact as lines of a script, with its files in a folder of that name. */
  lines({ files }: Artefact, commands: readonly (readonly string[])[], name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    for (const file of files) writeFileSync(join(folder, file.name), file.text);
    return commands
      .map((words) =>
        words
          .map((word) => `'${word.replace(/\{([\w.-]+)\}/g, (_, file) => join(folder, file))}'`)
          .join(' '),
      )
      .join('\n');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
