import { PortolanError } from '../base/errors.ts';
import { Engine } from '../engine.ts';
import { engineTools } from '../io/site/engine-tools.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { SiteChange } from '../ledger/diff.ts';
import { diffSites } from '../ledger/diff.ts';
import type { ScanRecord } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { jsonList, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

export function runDiff(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const [from, to] = input.args;
    const scans = session.store.scans();
    const before = from === undefined ? previous(scans) : momentOf(from, scans);
    const after = to === undefined ? shell.now() : momentOf(to, scans);
    if (before >= after) {
      throw new PortolanError('E_USAGE', 'The first of the two is not before the second', {
        remedy: 'Give the older one first: portolan diff 2026-01-01 2026-02-01',
      });
    }
    const changes = diffSites(siteAt(session, before), siteAt(session, after));
    print(shell, changes, before, after);
    return input.flag('exitCode') && changes.length > 0 ? 1 : 0;
  });
}

function print(shell: Shell, changes: readonly SiteChange[], before: number, after: number): void {
  if (shell.json) {
    shell.out(jsonList(shell, 'diff', changes));
    return;
  }
  const span = `between ${timeText(shell, before)} and ${timeText(shell, after)}`;
  if (changes.length === 0) {
    shell.say(`Nothing changed ${span}.`);
    return;
  }
  shell.out(changesTable(shell, changes));
  shell.hint(`${changes.length} changes ${span}.`);
}

export function changesTable(shell: Shell, changes: readonly SiteChange[]): string {
  return table<SiteChange>(
    shell,
    [
      { title: 'Change', value: ({ kind }) => kind },
      { title: 'Device', value: ({ name }) => name },
      { title: 'Id', value: ({ device }) => device, rank: 2 },
      { title: 'Before', value: ({ before: old }) => old ?? '' },
      { title: 'After', value: ({ after: young }) => young ?? '' },
    ],
    changes,
  );
}

/** Beliefs of that moment: the same fold over the evidence that there was. */
function siteAt(session: Session, moment: number): Site {
  const past = [...session.store.evidence()].filter(({ at }) => at <= moment);
  return new Engine(engineTools(), past).site(moment, []);
}

function previous(scans: readonly ScanRecord[]): number {
  const done = scans.filter(({ endedAt }) => endedAt !== undefined);
  const scan = done[1];
  if (scan?.endedAt !== undefined) return scan.endedAt;
  throw new PortolanError('E_NOT_FOUND', 'There are not two finished scans to compare', {
    remedy: 'Scan again: portolan scan; or compare with a date: portolan diff 2026-01-01',
  });
}

function momentOf(word: string, scans: readonly ScanRecord[]): number {
  if (word === 'now') return Date.now();
  const text = word.toUpperCase();
  const scan = scans.find(({ id }) => id === text || id === `PTL-S-${text}`);
  if (scan !== undefined) return scan.endedAt ?? scan.startedAt;
  const moment = /^\d{4}-\d{2}-\d{2}/.test(word) ? Date.parse(word) : Number.NaN;
  if (!Number.isNaN(moment)) return moment;
  throw new PortolanError('E_NOT_FOUND', `There is no scan or date "${word}"`, {
    remedy:
      'A scan is PTL-S-…, a date 2026-01-31 or 2026-01-31T12:00; the scans: portolan scan --list',
  });
}
