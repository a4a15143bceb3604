import { contains, parseAddress, shownAddress } from '../base/address.ts';
import { PortolanError } from '../base/errors.ts';
import { shortId } from '../base/id.ts';
import { loadConfig } from '../io/config.ts';
import { describePlan } from '../io/scan/dry-run.ts';
import { Gate } from '../io/scan/gate.ts';
import type { ScanPlan } from '../io/scan/scan-types.ts';
import type { ScanWishes } from '../io/site/scan-into.ts';
import { scanInto } from '../io/site/scan-into.ts';
import type { Session } from '../io/site/session.ts';
import { openSession, who, withSession } from '../io/site/session.ts';
import { diffSites } from '../ledger/diff.ts';
import { compareSeverity } from '../model/core.ts';
import type { Pace, ScanRecord } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Input } from './command.ts';
import { changesTable } from './diff-run.ts';
import { findingsTable, gate as gated, severityOf } from './findings-run.ts';
import { count, jsonDocument, jsonList, timeText } from './format.ts';
import { Progress } from './progress.ts';
import { chooseReport, evidenceOf, writeReport } from './report-run.ts';
import { ScanAlerts } from './scan-alerts.ts';
import { parseInterval, realWait, repeat } from './scan-every.ts';
import { listenToKeys } from './scan-keys.ts';
import { listPorts, planFrom } from './scan-plan.ts';
import type { Shell } from './shell.ts';
import { table } from './table.ts';

/** Findings that the end of a scan shows; the rest is one command away. */
const SHOWN = 12;

export async function runScan(shell: Shell, input: Input): Promise<number> {
  if (input.flag('listPorts')) return listPorts(shell, input);
  if (input.flag('list')) return withSession(shell, (session) => listScans(shell, session));
  const every = input.text('every');
  const interval = every === undefined ? undefined : parseInterval(every);
  if (input.flag('dryRun')) return dryRun(shell, await planned(shell, input));
  if (interval === undefined) return runOnce(shell, input, 1);
  if (input.text('resume') !== undefined) {
    throw new PortolanError('E_USAGE', 'A scan that is repeated begins anew each time', {
      remedy: 'Finish the interrupted one first: portolan scan --resume without --every',
    });
  }
  return repeat(shell, {
    interval,
    run: (number) => runOnce(shell, input, number),
    random: Math.random,
    wait: realWait,
  });
}

/** @param number of the run, from 1: the first shows what there is, the others what is new */
async function runOnce(shell: Shell, input: Input, number: number): Promise<number> {
  const outputs = input
    .list('output')
    .map((file) => ({ file, report: chooseReport(file, undefined) }));
  for (const file of input.list('nmapXml')) {
    outputs.push({ file, report: chooseReport(file, 'nmap-xml') });
  }
  const plan = await planned(shell, input);
  const work = async (session: Session): Promise<number> => {
    const before = number === 1 ? undefined : session.site();
    const record = await runIn(shell, session, resumed(session, plan, input), input);
    const site = session.site();
    const evidence = evidenceOf(session);
    for (const { file, report } of outputs) writeReport(shell, report, { site, evidence }, file);
    const shown = isNamed(input) ? among(site, plan) : site;
    if (before === undefined) summarise(shell, shown, record, input);
    else sayChanges(shell, before, site, record);
    return statusOf(shown, record, input);
  };
  // It runs for long, and others may look meanwhile.
  return withSession(shell, work, { shared: true });
}

function planned(shell: Shell, input: Input): Promise<ScanPlan> {
  const { settings } = loadConfig({ file: shell.configFile, env: shell.env });
  const id = input.text('resume') ?? shortId('S', `${shell.now()} ${process.pid}`);
  const site = (): Site => {
    const session = openSession(shell, { shared: true });
    try {
      return session.site();
    } finally {
      session.close();
    }
  };
  return planFrom(input, settings, scanId(id), site);
}

/** Whoever names a few addresses wants to hear of these, and not of everybody who was ever seen. */
function isNamed(input: Input): boolean {
  return input.args.length > 0 || input.list('targetsFile').length > 0;
}

function among(site: Site, { targets, zones = [] }: ScanPlan): Site {
  const isTarget = (text: string): boolean => {
    const [bare = '', zone] = text.split('%', 2);
    const address = parseAddress(bare);
    if (address === undefined || !targets.some((range) => contains(range, address))) return false;
    return zone === undefined || zones.length === 0 || zones.includes(zone);
  };
  const devices = site.devices.filter(({ addresses }) => addresses.some(isTarget));
  const ids = new Set(devices.map(({ id }) => id));
  return {
    ...site,
    devices,
    services: site.services.filter(({ device }) => ids.has(device)),
    findings: site.findings.filter(({ device }) => ids.has(device)),
  };
}

/** What a repeated scan found otherwise than the one before. */
function sayChanges(shell: Shell, before: Site, after: Site, record: ScanRecord): void {
  const changes = diffSites(before, after);
  if (shell.json) shell.out(jsonDocument('scan-changes', { scan: record, changes }));
  else if (changes.length > 0) shell.out(changesTable(shell, changes));
  const what = changes.length === 0 ? 'nothing changed' : count(changes.length, 'change');
  shell.say(`${timeText(shell, shell.now())}: ${what}. ${budgetText(record)}`);
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
  if (plan.scope.authorisation !== undefined) {
    const what = `scan ${plan.id} of ${input.args.join(' ')}`;
    session.store.audit({ at: shell.now(), who: who(), what, why: plan.scope.authorisation });
  }
  const progress = new Progress(shell);
  const gate = new Gate();
  const keys = listenToKeys(shell, gate, progress);
  const treatAs = input.text('treatAs');
  const alerts = new ScanAlerts(shell, session);
  const wishes: ScanWishes = {
    news: alerts.take,
    distressedToo: input.flag('distressedToo'),
    signal: keys.signal,
    gate,
    ...(treatAs === 'robust' || treatAs === 'fragile' ? { treatAs } : {}),
  };
  try {
    return await scanInto(session, shell, plan, wishes, progress);
  } finally {
    keys.close();
    progress.end();
    await alerts.close();
  }
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
      { title: 'Address', value: ({ device }) => shownAddress(device.addresses) ?? '' },
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
  const time = endedAt === undefined ? '' : ` in ${seconds} s`;
  return [
    `Scan ${record.id}: ${record.outcome}${time} at pace ${record.pace}.`,
    `Sent: ${count(budget.connections, 'connection')}, ${count(budget.datagrams, 'datagram')}, ${budget.bytesSent} bytes;`,
    `at most ${budget.maxParallel} open and ${budget.maxPerSecond}/s to one device, ${budget.maxPerSecondOverall}/s in all.`,
  ].join(' ');
}

function statusOf(site: Site, record: ScanRecord, input: Input): number {
  const status = gated(site.findings, severityOf(input.text('failOn')));
  return status === 0 && record.outcome !== 'complete' ? 5 : status;
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
