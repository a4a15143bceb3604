import { forMarkdown } from '../base/encode.ts';
import { utcText } from '../base/instant.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Finding } from '../model/finding.ts';
import type { ScanRecord } from '../model/scan.ts';
import type { Site } from '../model/site.ts';
import type { Report } from './report.ts';
import type { Card, PortEntry } from './shared/view.ts';
import {
  answersOf,
  attribute,
  cardsOf,
  headline,
  portText,
  protocolText,
  rankFindings,
} from './shared/view.ts';
import {
  ANSWER_WORD,
  CATEGORY_WORD,
  grouped,
  plural,
  SEVERITY_MARK,
  SEVERITY_WORD,
  THREAT_WORD,
  VERDICT_WORD,
} from './shared/words.ts';

/** CommonMark with GitHub's tables: for tickets, wikis and mail. */
export const markdown = {
  id: 'markdown',
  title: 'Text with tables, for tickets and wikis',
  extension: '.md',
  *render(site, { version, limits }) {
    yield `# Ports of this network\n\n${forMarkdown(headline(site))}\n`;
    yield `\n${forMarkdown(`As of ${utcText(site.at)}, by portolan ${version}.`)}\n`;
    yield* findings(site);
    yield '\n## Devices\n';
    const cards = cardsOf(site);
    if (cards.length === 0) yield '\nNone was seen.\n';
    for (const card of cards) yield* deviceCard(card);
    yield* scans(site.scans);
    yield* list('What could not be seen', limits);
  },
} as const satisfies Report;

function* findings(site: Site): Iterable<string> {
  const names = new Map(site.devices.map((device) => [device.id, device.name]));
  yield '\n## What to do\n';
  if (site.findings.length === 0) yield '\nNothing was found wrong.\n';
  for (const [index, finding] of rankFindings(site.findings).entries()) {
    yield finding1(index + 1, finding, names.get(finding.device) ?? '');
  }
}

function finding1(number: number, finding: Finding, device: string | Untrusted): string {
  const { severity, summary, impact, remedy, clauses, sources } = finding;
  const facts: readonly [string, string][] = [
    ['Device', `${forMarkdown(device)} ${forMarkdown(`(${finding.device})`)}`],
    ['Risk', forMarkdown(THREAT_WORD[finding.threat])],
    ['Why it matters', forMarkdown(impact)],
    ['Do', forMarkdown(remedy)],
    ['Evidence', forMarkdown(finding.evidence.map(String).join(', '))],
    ['Clauses', forMarkdown(clauses.join('; '))],
    ['Sources', forMarkdown(sources.join('; '))],
  ];
  const title = `${SEVERITY_MARK[severity]} ${SEVERITY_WORD[severity]}: ${forMarkdown(summary)}`;
  const lines = facts
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `- **${name}:** ${text}\n`);
  return `\n### ${number}. ${title}\n\n${lines.join('')}- **Id:** ${forMarkdown(finding.id)}\n`;
}

function* deviceCard({ device, ports }: Card): Iterable<string> {
  const identity = [attribute(device, 'vendor'), attribute(device, 'model')]
    .filter((text) => text !== '')
    .map(forMarkdown)
    .join(' ');
  yield `\n### ${forMarkdown(device.name)}\n\n`;
  const facts = [
    forMarkdown(device.id),
    forMarkdown(CATEGORY_WORD[device.category]),
    identity,
    ...device.addresses.map(forMarkdown),
    ...device.macs.map(forMarkdown),
  ];
  yield `${facts.filter((fact) => fact !== '').join(' · ')}\n`;
  if (device.conflicts.length > 0)
    yield `\nConflict: ${forMarkdown(device.conflicts.join('; '))}\n`;
  if (ports.length === 0) {
    yield '\nNo port is known.\n';
    return;
  }
  yield '\n| port | speaks | open | used | needed | allowed | verdict | advice |\n';
  yield '| ---: | --- | --- | --- | --- | --- | --- | --- |\n';
  for (const entry of ports) yield portLine(entry);
}

function portLine(entry: PortEntry): string {
  const { row, direction } = entry;
  const way = direction === 'from-device' ? 'to others: ' : '';
  const cells = [
    `${way}${portText(entry)}`,
    protocolText(entry),
    ...answersOf(entry).map(({ answer }) => ANSWER_WORD[answer]),
    row === undefined ? '' : VERDICT_WORD[row.verdict],
    row?.advice ?? '',
  ];
  return `| ${cells.map(forMarkdown).join(' | ')} |\n`;
}

function* scans(records: readonly ScanRecord[]): Iterable<string> {
  const [last] = records;
  if (last === undefined) return;
  const { budget } = last;
  yield* list(`Scan ${last.id}`, [
    `${last.outcome}, started ${utcText(last.startedAt)}${last.endedAt === undefined ? '' : `, ended ${utcText(last.endedAt)}`}`,
    `targets ${last.targets.join(', ')}; pace ${last.pace}`,
    `sent to ${plural(budget.devices, 'device')}: ${plural(budget.connections, 'connection')}, ${plural(budget.datagrams, 'datagram')}, ${grouped(budget.bytesSent)} bytes; received ${grouped(budget.bytesReceived)} bytes`,
    `to one device at most ${plural(budget.maxParallel, 'connection')} at once and ${budget.maxPerSecond} a second; over all ${budget.maxPerSecondOverall} a second`,
    ...(last.authorisation === undefined ? [] : [`authorised: ${last.authorisation}`]),
    ...last.notes,
  ]);
}

function* list(title: string, items: readonly string[]): Iterable<string> {
  if (items.length === 0) return;
  yield `\n## ${forMarkdown(title)}\n\n`;
  for (const item of items) yield `- ${forMarkdown(item)}\n`;
}
