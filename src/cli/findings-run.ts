import { PortolanError } from '../base/errors.ts';
import { findingItem } from '../io/api/views/port-items.ts';
import type { Session } from '../io/site/session.ts';
import { findDevice, withSession } from '../io/site/session.ts';
import type { FindingItem } from '../model/api/site.ts';
import type { Severity } from '../model/core.ts';
import { compareSeverity, SEVERITIES } from '../model/core.ts';
import type { Finding } from '../model/finding.ts';
import type { Site } from '../model/site.ts';
import { findings as resource } from '../query/resources/findings.ts';
import type { Input } from './command.ts';
import type { Filtered } from './filtered.ts';
import { filtered } from './filtered.ts';
import { count, jsonDocument, jsonList } from './format.ts';
import type { Shell } from './shell.ts';
import { severityStyle, severityText, table } from './table.ts';

const FINDINGS: Filtered<Finding, FindingItem> = { resource, view: findingItem };

export function runFindings(shell: Shell, input: Input): Promise<number> {
  return withSession(shell, (session) => {
    const site = session.site();
    const [id] = input.args;
    if (id !== undefined) return show(shell, session, findFinding(site, id));
    const device = input.text('device');
    const only = device === undefined ? undefined : findDevice(site, device).id;
    const all = filtered(shell, input, { session, site }, site.findings, FINDINGS).filter(
      (finding) => only === undefined || finding.device === only,
    );
    const least = severityOf(input.text('severity')) ?? 'info';
    const shown = all.filter(({ severity }) => compareSeverity(severity, least) >= 0);
    if (shell.json) shell.out(jsonList(shell, 'findings', shown));
    else if (shown.length === 0) shell.say(nothing(site));
    else shell.out(findingsTable(shell, site, shown));
    return gate(all, severityOf(input.text('failOn')));
  });
}

function nothing(site: Site): string {
  return site.devices.length === 0
    ? 'Nothing was looked at yet: portolan scan'
    : 'No finding. That says only that nothing was seen from here: portolan doctor tells what cannot be.';
}

/** 1 where a finding is at or above the level, and only then. */
export function gate(findings: readonly Finding[], failOn: Severity | undefined): number {
  if (failOn === undefined) return 0;
  return findings.some(({ severity }) => compareSeverity(severity, failOn) >= 0) ? 1 : 0;
}

export function severityOf(word: string | undefined): Severity | undefined {
  return SEVERITIES.find((severity) => severity === word);
}

export function findingsTable(shell: Shell, site: Site, findings: readonly Finding[]): string {
  const names = new Map(site.devices.map((device) => [device.id, device.name]));
  return table<Finding>(
    shell,
    [
      {
        title: 'Severity',
        value: ({ severity }) => severityText(shell, severity),
        style: ({ severity }) => severityStyle(severity),
      },
      { title: 'Id', value: ({ id }) => id },
      { title: 'Risk', value: ({ threat }) => threat, rank: 2 },
      { title: 'Device', value: ({ device }) => names.get(device) ?? device, rank: 1 },
      { title: 'What', value: ({ summary }) => summary },
    ],
    findings,
  );
}

function findFinding(site: Site, id: string): Finding {
  const text = id.toUpperCase();
  const found = site.findings.find(
    (finding) => finding.id === text || finding.id === `PTL-F-${text}`,
  );
  if (found !== undefined) return found;
  throw new PortolanError('E_NOT_FOUND', `There is no finding "${id}"`, {
    remedy: 'List them: portolan findings',
  });
}

export function show(shell: Shell, session: Session, finding: Finding): number {
  const wanted = new Set(finding.evidence);
  const evidence = [...session.store.evidence()].filter(({ id }) => wanted.has(id));
  if (shell.json) {
    shell.out(jsonDocument('finding', { finding, evidence }));
    return 0;
  }
  const rows: (readonly [string, string])[] = [
    [severityText(shell, finding.severity), finding.summary],
    ['Why it matters', finding.impact],
    ['What to do', finding.remedy],
    ['Risk', `${finding.threat}, ${finding.certainty}`],
    ...finding.clauses.map((clause) => ['Clause', clause] as const),
    ...finding.sources.map((source) => ['Source', source] as const),
    ...evidence.flatMap((one) => [
      [`Evidence #${one.id}`, `${one.fact.kind}, ${one.source}, ${one.observer}`] as const,
      ...(one.proof === undefined
        ? []
        : ([
            ['  asked', one.proof.request || '(nothing: it spoke first)'],
            ['  answered', one.proof.response || '(nothing)'],
          ] as const)),
      ...(one.proof?.control === undefined
        ? []
        : ([
            [
              '  control',
              `${one.proof.control.request} -> ${one.proof.control.response || '(nothing)'}`,
            ],
          ] as const)),
    ]),
  ];
  shell.out(
    table(
      shell,
      [
        { title: finding.id, value: ([what]) => what },
        { title: `${count(evidence.length, 'piece')} of evidence`, value: ([, value]) => value },
      ],
      rows,
    ),
  );
  return 0;
}
