import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { loadConfig } from '../io/config.ts';
import { describePlan } from '../io/scan/dry-run.ts';
import type { ScanPlan } from '../io/scan/scan-types.ts';
import { startScan } from '../io/scan/start.ts';
import { compareSeverity } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Pace, ScanRecord } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { findingsTable, gate, severityOf } from './findings-run.ts';
import { count, jsonDocument, jsonList, timeText } from './format.ts';
import { Progress } from './progress.ts';
import { chooseReport, evidenceOf, writeReport } from './report-run.ts';
import { listPorts, planFrom } from './scan-plan.ts';
import type { Session } from './session.ts';
import { userWord, who, withSession } from './session.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Findings that the end of a scan shows; the rest is one command away. */
const SHOWN = 12;

export async function runScan(shell: Shell, input: Input): Promise<number> {
  if (input.flag('listPorts')) return listPorts(shell, input);
  if (input.flag('list')) return withSession(shell, (session) => listScans(shell, session));
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const id = input.text('resume') ?? shortId('S', `${shell.now()} ${process.pid}`);
  const plan = await planFrom(input, settings, scanId(id));
  if (input.flag('dryRun')) return dryRun(shell, plan);
  const outputs = input
    .list('output')
    .map((file) => ({ file, report: chooseReport(file, undefined) }));
  for (const file of input.list('nmapXml')) {
    outputs.push({ file, report: chooseReport(file, 'nmap-xml') });
  }
  return withSession(shell, async (session) => {
    const record = await runIn(shell, session, resumed(session, plan, input), input);
    const site = session.site();
    const evidence = evidenceOf(session);
    for (const { file, report } of outputs) writeReport(shell, report, { site, evidence }, file);
    summarise(shell, site, record, input);
    return statusOf(site, record, input);
  });
}

function scanId(text: string): string {
  const upper = text.toUpperCase();
  return upper.startsWith('PTL-S-') ? upper : `PTL-S-${upper}`;
}

/** @throws PortolanError E_NOT_FOUND where there is nothing to go on with */
function resumed(session: Session, plan: ScanPlan, input: Input): ScanPlan {
  if (input.text('resume') === undefined) return plan;
  const progress = session.store.progress(plan.id);
  if (progress === undefined) {
    throw new PortolanError('E_NOT_FOUND', `There is no interrupted scan ${plan.id}`, {
      remedy: 'List them: portolan scan --list',
    });
  }
  return { ...plan, resume: progress };
}

function dryRun(shell: Shell, plan: ScanPlan): number {
  const description = describePlan(plan);
  if (shell.json) {
    shell.out(jsonDocument('scan-plan', { ...description }));
  } else shell.out(`${description.lines.join('\n')}\n`);
  return 0;
}

async function runIn(
  shell: Shell,
  session: Session,
  plan: ScanPlan,
  input: Input,
): Promise<ScanRecord> {
  const { store, engine } = session;
  if (plan.scope.authorisation !== undefined) {
    const what = `scan ${plan.id} of ${input.args.join(' ')}`;
    store.audit({ at: shell.now(), who: who(), what, why: plan.scope.authorisation });
  }
  const progress = new Progress(shell);
  const treatAs = input.text('treatAs');
  const spoken = new Set<string>();
  const record = await startScan(plan, {
    signal: shell.stop,
    evidence: (evidence) => {
      const stored = session.add(evidence);
      if (treatAs === 'robust' || treatAs === 'fragile') {
        session.add(wordsOnNew(shell, stored, treatAs, spoken));
      }
      progress.found(stored);
    },
    progress: (state) => progress.show(state),
    note: (text) => progress.note(text),
    checkpoint: (text) => store.saveProgress(plan.id, text),
    known: (address) => {
      const known = engine.known(address);
      return treatAs === 'robust' || treatAs === 'fragile'
        ? { ...known, robustness: treatAs, reason: 'your word' }
        : known;
    },
    leaveAlone: input.flag('distressedToo')
      ? () => undefined
      : distress(session.site(), shell.now()),
    hints: (address, port, transport) => engine.hints(address, port, transport),
    saved: (scan) => store.saveScan(scan),
  });
  progress.end();
  if (record.outcome === 'complete') store.saveProgress(plan.id, undefined);
  return record;
}

/** How long a device that stopped answering under a scan is left in peace: a day. */
const REST = 24 * 60 * 60 * 1000;

function distress(site: Site, now: number): (address: string) => string | undefined {
  const resting = new Map<string, number>();
  for (const { addresses, distressedAt } of site.devices) {
    if (distressedAt === undefined || now - distressedAt > REST) continue;
    for (const address of addresses) resting.set(address, distressedAt);
  }
  return (address) =>
    resting.has(address)
      ? 'it stopped answering during a scan less than a day ago (--distressed-too asks it all the same)'
      : undefined;
}

/** The user's word on a target is evidence like any other, so that the next scan knows it too. */
function wordsOnNew(
  shell: Shell,
  stored: readonly Evidence[],
  robustness: 'robust' | 'fragile',
  spoken: Set<string>,
): ReturnType<typeof userWord>[] {
  return stored
    .filter(({ subject }) => !spoken.has(subject.address))
    .map(({ subject: { address, mac } }) => {
      spoken.add(address);
      const subject = mac === undefined ? { address } : { address, mac };
      return userWord(shell, subject, { kind: 'treat-as', robustness });
    });
}

function summarise(shell: Shell, site: Site, record: ScanRecord, input: Input): void {
  const least = severityOf(input.text('severity')) ?? 'low';
  const worth = site.findings.filter(({ severity }) => compareSeverity(severity, least) >= 0);
  if (shell.json) {
    shell.out(
      jsonDocument('scan', {
        scan: record,
        devices: site.devices,
        services: site.services,
        findings: worth,
      }),
    );
    return;
  }
  shell.out(servicesTable(shell, site));
  if (worth.length > 0) {
    shell.out(`\nWhat matters first\n${findingsTable(shell, site, worth.slice(0, SHOWN))}`);
    if (worth.length > SHOWN) shell.hint(`${worth.length - SHOWN} more: portolan findings`);
  }
  shell.out(`\n${budgetText(record)}\n`);
  for (const note of record.notes) shell.say(note);
  const interrupted = record.outcome === 'interrupted';
  if (interrupted)
    shell.say(`Interrupted; what was found is kept. Go on: portolan scan --resume ${record.id}`);
  else shell.hint('Next: portolan findings, portolan ledger, portolan report -o report.html');
}

function servicesTable(shell: Shell, site: Site): string {
  const open = site.services.filter(({ state }) => state === 'open');
  const devices = site.devices.filter(({ behind }) => behind === undefined);
  const rows = devices.map((device) => ({
    device,
    ports: open
      .filter((service) => service.device === device.id)
      .map(
        ({ port, protocol, certainty }) => `${port}/${protocol}${certainty === 'hint' ? '?' : ''}`,
      )
      .join(' '),
  }));
  return table<(typeof rows)[number]>(
    shell,
    [
      { title: 'Device', value: ({ device }) => device.id },
      { title: 'Address', value: ({ device }) => device.addresses[0] ?? '' },
      { title: 'Name', value: ({ device }) => device.name },
      { title: 'Category', value: ({ device }) => device.category, rank: 1 },
      { title: 'Open: port/protocol really spoken', value: ({ ports }) => ports },
    ],
    rows,
  );
}

/** Measured, so that nobody has to believe that the scan was gentle. */
function budgetText(record: ScanRecord): string {
  const { budget, startedAt, endedAt } = record;
  const seconds = Math.max(0, Math.round(((endedAt ?? startedAt) - startedAt) / 1000));
  return [
    `Scan ${record.id}: ${record.outcome} in ${seconds} s at pace ${record.pace}.`,
    `Sent: ${count(budget.connections, 'connection')}, ${count(budget.datagrams, 'datagram')}, ${budget.bytesSent} bytes;`,
    `at most ${budget.maxParallel} open and ${budget.maxPerSecond}/s to one device, ${budget.maxPerSecondOverall}/s in all.`,
  ].join(' ');
}

function statusOf(site: Site, record: ScanRecord, input: Input): number {
  const gated = gate(site.findings, severityOf(input.text('failOn')));
  return gated === 0 && record.outcome === 'partial' ? 5 : gated;
}

function listScans(shell: Shell, session: Session): number {
  const scans = session.store.scans();
  if (shell.json) {
    shell.out(jsonList(shell, 'scans', scans));
    return 0;
  }
  if (scans.length === 0) shell.say('No scan was done yet: portolan scan');
  else {
    shell.out(
      table<ScanRecord>(
        shell,
        [
          { title: 'Scan', value: ({ id }) => id },
          { title: 'Started', value: ({ startedAt }) => timeText(shell, startedAt) },
          { title: 'Outcome', value: ({ outcome }) => outcome },
          { title: 'Pace', value: ({ pace }) => pace satisfies Pace },
          { title: 'Devices', value: ({ budget }) => budget.devices, align: 'right' },
          { title: 'Targets', value: ({ targets }) => targets.join(' ') },
        ],
        scans,
      ),
    );
  }
  return 0;
}
