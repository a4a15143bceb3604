import { execFileSync } from 'node:child_process';
import { obstacle } from '../../lab/lab.ts';
import { find } from '../../lab/tools.ts';

/**
 * Why tests of the lab cannot run on this machine; undefined where they can. On the build machine
 * everything must be there, so there nothing is left out: the test fails instead.
 */
export function lacking(...programs: readonly string[]): string | undefined {
  const tool = programs.find((program) => find(program) === undefined);
  const why = tool === undefined ? noNamespaces() : `${tool} is not installed`;
  return process.env['CI'] === undefined ? why : undefined;
}

/** Some machines have the tools and forbid their use. */
function noNamespaces(): string | undefined {
  const missing = obstacle();
  if (missing !== undefined) return missing;
  const user = process.getuid?.() === 0 ? [] : ['-Ur'];
  try {
    execFileSync('unshare', [...user, '-nm', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `unshare is refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}
