import { PortolanError } from '../base/errors.ts';
import type { AuditRecord } from '../io/store/audit-chain.ts';
import type { Store } from '../io/store/store.ts';
import type { Input } from './command.ts';
import { count, jsonDocument, jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';
import { withStore } from './with-store.ts';

const MOST = 100_000;

export function runAudit(shell: Shell, input: Input): Promise<number> {
  return withStore(shell, (store) => {
    const [verb = 'list', hash] = input.args;
    switch (verb) {
      case 'list':
        return list(shell, input, store);
      case 'verify':
        return verify(shell, store, hash);
      default:
        throw new PortolanError('E_USAGE', `audit has no verb "${verb}"`, {
          remedy: 'See: portolan audit --help',
        });
    }
  });
}

function list(shell: Shell, input: Input, store: Store): number {
  const limit = Number(input.text('limit') ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new PortolanError('E_USAGE', `--limit is no number from 1 to ${MOST}`, {
      remedy: 'For example --limit 50',
    });
  }
  const records = store.trail.newest(limit);
  if (shell.json) shell.out(jsonList(shell, 'audit', records));
  else if (records.length === 0) shell.say('Nothing was done with authority yet');
  else {
    shell.out(
      table<AuditRecord>(
        shell,
        [
          { title: 'No.', value: ({ seq }) => seq, align: 'right' },
          { title: 'When', value: ({ at }) => timeText(shell, at) },
          { title: 'Who', value: ({ who }) => who },
          { title: 'What', value: ({ what }) => what },
          { title: 'Why', value: ({ why }) => why, rank: 1 },
          { title: 'Before', value: ({ before }) => before ?? '', rank: 3 },
          { title: 'After', value: ({ after }) => after ?? '', rank: 2 },
        ],
        records,
      ),
    );
  }
  return 0;
}

/**
 * Somebody who can write the file could make the whole chain anew: then the hash that was noted
 * elsewhere is no longer in it.
 */
function verify(shell: Shell, store: Store, noted: string | undefined): number {
  const verdict = store.trail.verify();
  if (shell.json) shell.out(jsonDocument('audit-verify', verdict));
  if (!verdict.ok) {
    throw new PortolanError(
      'E_INPUT_MALFORMED',
      `The audit log is not what was written: entry ${verdict.seq} ${verdict.because}`,
      { remedy: 'Compare it with a copy of the database from before: portolan audit --json' },
    );
  }
  if (noted !== undefined && !has(store, noted)) {
    throw new PortolanError(
      'E_INPUT_MALFORMED',
      `The audit log is whole in itself, but ${noted} is not in it: it was made anew since`,
      { remedy: 'Compare it with a copy of the database from before: portolan audit --json' },
    );
  }
  const { entries, last } = verdict;
  if (!shell.json) shell.out(`${count(entries, 'entry').replace('entrys', 'entries')}, whole\n`);
  shell.hint(`Note this elsewhere, and later ask: portolan audit verify ${last}`);
  return 0;
}

function has({ trail }: Store, noted: string): boolean {
  for (const { hash } of trail.all()) if (hash === noted.toLowerCase()) return true;
  return false;
}
