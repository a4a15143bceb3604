import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artefact } from '../../../src/targets/target.ts';
import { lacking } from '../../lab/need.ts';

export const obstacle = lacking('nft', 'unshare');
if (obstacle !== undefined) process.stderr.write(`Real nftables is left out: ${obstacle}\n`);

/** A shell script in a network namespace of its own; what it prints. @throws where it fails */
export function inNamespace(script: string, input = ''): string {
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  return execFileSync('unshare', [...user, '-n', 'sh', '-ec', script], {
    encoding: 'utf8',
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/**
 * Checks and loads it as `apply` does, twice in a row, and lists it; loads the listing again; removes
 * it, after which nothing may be left. What was listed comes back.
 */
export function loadedTwice({ files, check, apply, read, remove }: Artefact): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-nft-'));
  const command = (words: readonly string[]): string =>
    words
      .map((word) => `'${word.replace(/\{([\w.-]+)\}/g, (_, name) => join(folder, name))}'`)
      .join(' ');
  try {
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
    const loads = [...check, ...apply, ...apply].map(command);
    const again = join(folder, 'again.nft');
    const listed = join(folder, 'listed.nft');
    return inNamespace(
      [
        ...loads,
        `${command(read)} > '${listed}'`,
        `(echo 'delete table inet portolan'; nft -s list table inet portolan) > '${again}'`,
        `nft -f '${again}'`,
        ...remove.map(command),
        `test -z "$(nft list tables)"`,
        `cat '${listed}'`,
      ].join('\n'),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
