import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { PortolanError } from '../base/errors.ts';
import type { Site } from '../model/site.ts';
import { reports } from '../reports/index.ts';
import type { Report } from '../reports/report.ts';
import type { Input } from './command.ts';
import { VERSION } from './product.ts';
import { withSession } from './session.ts';
import type { Shell } from './shell.ts';

/** What a scan cannot see, so that nobody takes silence for safety. */
const LIMITS = [
  'Only addresses in the scope were asked, from this machine and at the times given.',
  'A UDP port that does not answer may be open: UDP has no refusal that must arrive.',
  'Whether a port is used needs traffic, and whether it is allowed needs the firewall: both are unknown here.',
  'Devices that sleep, and those behind a hub (Zigbee, Thread, Bluetooth), are not seen by a scan.',
];

export function runReport(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const site = session.site();
    const files = input.list('output');
    const format = input.text('format');
    const jobs = (files.length === 0 ? ['-'] : files).map((file) => ({
      file,
      report: chooseReport(file, format ?? (shell.json ? 'json' : undefined)),
    }));
    for (const { file, report } of jobs) writeReport(shell, report, site, file);
    return 0;
  });
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
export function writeReport(shell: Shell, report: Report, site: Site, file: string): void {
  const chunks = report.render(site, { version: VERSION, limits: LIMITS });
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
