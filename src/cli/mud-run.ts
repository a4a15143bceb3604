import { PortolanError } from '../base/errors.ts';
import type { Input } from './command.ts';
import { runMudCheck } from './mud-check.ts';
import { runMudExport } from './mud-export.ts';
import { runMudFetch } from './mud-fetch.ts';
import { runMudImport } from './mud-import.ts';
import { runMudList } from './mud-list.ts';
import type { Shell } from './shell.ts';

export function runMud(shell: Shell, input: Input): Promise<number> {
  const [verb = 'list', what] = input.args;
  if (verb === 'list') return runMudList(shell);
  const run = {
    check: runMudCheck,
    fetch: runMudFetch,
    import: runMudImport,
    export: runMudExport,
  };
  const chosen = Object.entries(run).find(([name]) => name === verb)?.[1];
  if (chosen === undefined) {
    throw new PortolanError('E_USAGE', `There is no "mud ${verb}"`, {
      remedy: 'See: portolan mud --help',
    });
  }
  if (what !== undefined) return chosen(shell, input, what);
  throw new PortolanError('E_USAGE', `mud ${verb} needs ${NEEDS[verb] ?? 'a file'}`, {
    remedy: 'See the examples: portolan mud --help',
  });
}

const NEEDS: Readonly<Record<string, string>> = {
  fetch: 'an https URL',
  import: 'a file, or the URL of one that was fetched',
  export: 'a device',
};
