import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The IETF's modules, which are no part of the product. */
const MODULES = join(import.meta.dirname, '../../../../shared/yang');
const LOADED = [
  'ietf-mud@2019-01-28',
  'ietf-acldns@2019-01-28',
  'ietf-mud-tls@2025-04-18',
  'ietf-acl-tls@2025-04-18',
  'ietf-mud-transparency@2023-10-10',
  'drafts/ietf-mud-bw-profile@2019-07-08',
];

/** Why yanglint cannot be asked; undefined where it can. In CI it has to be there. */
export function whyNoYanglint(): string | undefined {
  if (!existsSync(MODULES)) return `the YANG modules of the IETF are not at ${MODULES}`;
  const { error } = spawnSync('yanglint', ['--version']);
  return error === undefined ? undefined : 'yanglint is missing: apt install libyang2-tools';
}

/** Whether a file of its own is valid data of these modules, and what yanglint says. */
export function yanglint(...files: readonly string[]): { valid: boolean; said: string } {
  const modules = LOADED.map((name) => join(MODULES, `${name}.yang`));
  const paths = ['-p', MODULES, '-p', join(MODULES, 'drafts')];
  const { status, stderr } = spawnSync(
    'yanglint',
    [...paths, '-t', 'config', ...modules, ...files],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  return { valid: status === 0, said: stderr };
}
