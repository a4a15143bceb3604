import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import type { Session } from '../io/site/session.ts';
import { withSession } from '../io/site/session.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Site } from '../model/site.ts';
import { reports } from '../reports/index.ts';
import type { Report } from '../reports/report.ts';
import { LIMITS } from '../reports/shared/limits.ts';
import type { Input } from './command.ts';
import { VERSION } from './product.ts';
import type { Shell } from './shell.ts';

export function runReport(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const site = session.site();
    const files = input.list('output');
    const format = input.text('format');
    const jobs = (files.length === 0 ? ['-'] : files).map((file) => ({
      file,
      report: chooseReport(file, format ?? (shell.json ? 'json' : undefined)),
    }));
    const evidence = evidenceOf(session);
    for (const { file, report } of jobs) writeReport(shell, report, { site, evidence }, file);
    return 0;
  });
}

export interface Content {
  readonly site: Site;
  evidence(id: number): Evidence | undefined;
}

/** Looks evidence up by its id, of which the store has as many as a scan found: one pass for all. */
export function evidenceOf({ store }: Session): (id: number) => Evidence | undefined {
  let byId: Map<number, Evidence> | undefined;
  return (id) => {
    byId ??= new Map(Array.from(store.evidence(), (one) => [one.id, one]));
    return byId.get(id);
  };
}

export function chooseReport(file: string, format: string | undefined): Report {
  const byName = format === undefined ? undefined : reports.get(format);
  const byEnding = reports.all.find(({ extension }) => file.endsWith(extension));
  const chosen = byName ?? (format === undefined ? byEnding : undefined);
  if (chosen !== undefined) return chosen;
  if (file === '-' && format === undefined) return chooseReport(file, 'markdown');
  const known = reports.all.map(({ id, extension }) => `${id} (${extension})`).join(', ');
  throw new PortolanError('E_USAGE', `No report format fits ${JSON.stringify(format ?? file)}`, {
    remedy: `Formats: ${known}; choose with --format`,
  });
}

/** Writes beside the target and renames, so that a reader never meets half a report. */
export function writeReport(shell: Shell, report: Report, content: Content, file: string): void {
  const { site, evidence } = content;
  const chunks = report.render(site, { version: VERSION, limits: LIMITS, evidence });
  if (file === '-') {
    for (const chunk of chunks) shell.out(chunk);
    return;
  }
  const draft = `${file}.part-${process.pid}`;
  try {
    const descriptor = openSync(draft, 'w', 0o644);
    try {
      for (const chunk of chunks) writeFileSync(descriptor, chunk);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new PortolanError('E_OUTPUT', `${file} cannot be written: ${why}`, {
      remedy: 'Choose another place with -o',
      cause: error,
    });
  }
  shell.say(`Wrote ${file}`);
}
