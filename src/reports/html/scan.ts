import { utcText } from '../../base/instant.ts';
import type { ScanRecord } from '../../model/scan.ts';
import type { Site } from '../../model/site.ts';
import type { ReportOptions } from '../report.ts';
import { grouped, plural } from '../shared/words.ts';
import type { Markup } from './markup.ts';
import { html, NOTHING } from './markup.ts';

/** What was asked, what it really cost the devices, and what was left out. */
export function scanRecord(scans: readonly ScanRecord[]): Markup {
  const [last, ...earlier] = scans;
  if (last === undefined) return NOTHING;
  const older =
    earlier.length === 0
      ? NOTHING
      : html`<p class="soft">Before it: ${plural(earlier.length, 'scan')}, the first on ${utcText(earlier.at(-1)?.startedAt ?? 0)}.</p>`;
  return html`<section aria-labelledby="scan"><h2 id="scan">How this was found out</h2>
<dl>${rows(last).map(
    ([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>
`,
  )}</dl>${bullets(last.notes)}${older}</section>
`;
}

function rows(scan: ScanRecord): readonly (readonly [string, string])[] {
  const { budget, startedAt, endedAt } = scan;
  const until = endedAt === undefined ? 'did not end' : `to ${utcText(endedAt)}`;
  const lines: readonly (readonly [string, string])[] = [
    ['Scan', `${scan.id}, ${scan.outcome}`],
    ['Time', `${utcText(startedAt)} ${until}`],
    ['Scope', scan.targets.join(', ')],
    ['TCP ports', scan.tcpPorts],
    ['UDP ports', scan.udpPorts],
    ['Authorised by', scan.authorisation ?? ''],
    ['Asked', plural(budget.devices, 'device')],
    [
      'Sent',
      `${plural(budget.connections, 'connection')}, ${plural(budget.datagrams, 'datagram')}, ${grouped(budget.bytesSent)} bytes`,
    ],
    ['Received', `${grouped(budget.bytesReceived)} bytes`],
    [
      'Most to one device',
      `${plural(budget.maxParallel, 'connection')} at once, ${grouped(budget.maxPerSecond)} packets or connections a second (pace ${scan.pace})`,
    ],
    ['Most in all', `${grouped(budget.maxPerSecondOverall)} a second`],
  ];
  return lines.filter(([, text]) => text !== '');
}

export function limits(items: readonly string[]): Markup {
  if (items.length === 0) return NOTHING;
  return html`<section aria-labelledby="limits"><h2 id="limits">What could not be seen</h2>${bullets(items)}</section>
`;
}

/** The documents that findings and needs rest on, once each. */
export function sources(site: Site): Markup {
  const cited = new Set([
    ...site.findings.flatMap((finding) => [...finding.sources, ...finding.clauses]),
    ...site.ledger.flatMap(({ needed }) =>
      needed.citation === undefined ? [] : [needed.citation],
    ),
  ]);
  if (cited.size === 0) return NOTHING;
  return html`<section aria-labelledby="sources"><h2 id="sources">Sources</h2>${bullets([...cited].sort())}</section>
`;
}

function bullets(items: readonly string[]): Markup {
  if (items.length === 0) return NOTHING;
  return html`<ul>${items.map(
    (item) => html`<li>${item}</li>
`,
  )}</ul>`;
}

export function foot(site: Site, { version }: ReportOptions): Markup {
  return html`<footer>portolan ${version} · as of ${utcText(site.at)} · this file needs no network and runs no script</footer>
`;
}
