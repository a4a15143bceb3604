import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortolanError } from '../../base/errors.ts';
import { findProgram } from '../capture/find-program.ts';
import { execute } from './host.ts';
import { hashOf, replacing, restoring } from './listing.ts';

/**
 * In a network of its own, which ends with it: what is in force now, the new rules over it, and back.
 * A fixed text; files come as arguments. Its output is the three listings.
 */
const SCRIPT = `
list() { echo "== $1"; nft -s list ruleset; }
nft -f "$1" && list before && nft -f "$2" && list after && nft -f "$3" && list restored
`;

export interface ScratchResult {
  /** False where this machine lets nobody try: then only the kernel itself will tell. */
  readonly tried: boolean;
  readonly why?: string;
}

/**
 * Loads rules where they bind nobody, over what is in force, and takes them back: a feature that the
 * kernel lacks and a rule that cannot be restored are found before anything is touched.
 *
 * @throws PortolanError E_POLICY_UNSUPPORTED with what the kernel said
 */
export async function tryInScratch(
  rules: string,
  previous: string | undefined,
): Promise<ScratchResult> {
  const missing = ['unshare', 'nft'].find((name) => findProgram(name) === undefined);
  if (missing !== undefined) return { tried: false, why: `${missing} is not here` };
  const folder = mkdtempSync(join(tmpdir(), 'portolan-scratch-'));
  try {
    const texts = [restoring(previous), replacing(rules, previous), restoring(previous, rules)];
    const files = texts.map((text, index) => {
      const file = join(folder, `${index}.nft`);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    });
    const user = process.getuid?.() === 0 ? [] : ['-U', '-r'];
    const command = ['unshare', ...user, '-n', 'sh', '-c', SCRIPT, 'sh', ...files];
    const { status, stdout, stderr } = await execute(command, '', { PATH });
    if (status !== 0) return failure(stderr, stdout);
    const [before, , restored] = stdout.split(/^== \w+\n/m).slice(1);
    if (hashOf(before ?? '') !== hashOf(restored ?? '')) {
      return refuse('what is in force now would not come back as it was');
    }
    return { tried: true };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin';

function failure(stderr: string, stdout: string): ScratchResult {
  const said = stderr.trim().split('\n').slice(0, 3).join(' ');
  // Before the first listing nothing of the new rules was looked at.
  if (!stdout.startsWith('== before')) return { tried: false, why: said };
  return refuse(said);
}

function refuse(why: string): never {
  throw new PortolanError('E_POLICY_UNSUPPORTED', `The kernel does not take the rules: ${why}`, {
    remedy: 'See which feature it lacks: portolan doctor',
  });
}
