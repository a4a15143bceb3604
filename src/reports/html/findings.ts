import { utcText } from '../../base/instant.ts';
import type { Untrusted } from '../../base/untrusted.ts';
import type { Severity } from '../../model/core.ts';
import type { Evidence, Proof } from '../../model/evidence.ts';
import type { Finding } from '../../model/finding.ts';
import type { Site } from '../../model/site.ts';
import type { ReportOptions } from '../report.ts';
import { rankFindings } from '../shared/view.ts';
import {
  CERTAINTY_WORD,
  plural,
  SEVERITY_MARK,
  SEVERITY_WORD,
  SOURCE_WORD,
  THREAT_WORD,
} from '../shared/words.ts';
import type { Markup } from './markup.ts';
import { html, inline, NOTHING } from './markup.ts';

/** Findings that stand open, so that the matrix is not far below. */
const TOP = 5;
/** Findings with evidence; the rest is in one table, so that the page stays a page. */
const FULL_CAP = 300;
/** Evidence of one finding that is shown. */
const EVIDENCE_CAP = 8;

export function badge(severity: Severity): Markup {
  return html`<span class="badge ${severity}">${SEVERITY_MARK[severity]} ${SEVERITY_WORD[severity]}</span>`;
}

export function* findings(site: Site, options: ReportOptions): Iterable<Markup> {
  yield html`<section aria-labelledby="findings"><h2 id="findings">What to do</h2>
`;
  if (site.findings.length === 0) yield html`<p>Nothing was found wrong.</p>`;
  else {
    const names = new Map(site.devices.map(({ id, name }) => [id, name]));
    const ranked = rankFindings(site.findings);
    const show = (finding: Finding): Markup =>
      full(finding, names.get(finding.device) ?? '', options);
    yield html`<ol class="findings">
${ranked.slice(0, TOP).map(show)}</ol>
`;
    const more = ranked.slice(TOP, FULL_CAP);
    if (more.length > 0) {
      yield html`<details><summary>${plural(more.length, 'more finding')}</summary>
<ol class="findings" start="${TOP + 1}">
${more.map(show)}</ol></details>
`;
    }
    yield brief(ranked.slice(FULL_CAP));
  }
  yield html`</section>
`;
}

function full(finding: Finding, device: string | Untrusted, options: ReportOptions): Markup {
  const { id, severity, summary, impact, remedy, certainty, threat } = finding;
  return html`<li id="${id}"><h3>${badge(severity)}<span>${summary}</span></h3>
<div class="body"><dl>
<dt>Device</dt><dd><a href="#${finding.device}">${device}</a></dd>
<dt>Why it matters</dt><dd>${impact}</dd>
<dt>What to do</dt><dd><strong>${remedy}</strong></dd>
<dt>Risk</dt><dd>${THREAT_WORD[threat]} <span class="soft">${inline([CERTAINTY_WORD[certainty], id])}</span></dd>
</dl>
${proofs(finding, options)}</div></li>
`;
}

function proofs({ evidence, sources, clauses }: Finding, options: ReportOptions): Markup {
  const shown = evidence.slice(0, EVIDENCE_CAP).map((id) => evidenceOf(id, options.evidence?.(id)));
  const more = evidence.length - shown.length;
  const from =
    sources.length === 0
      ? NOTHING
      : html`<p>Sources:</p><ul>${sources.map((source) => html`<li>${source}</li>`)}</ul>`;
  const mapped =
    clauses.length === 0
      ? NOTHING
      : html`<p>Clauses of standards:</p><p class="soft">${inline([...clauses])}</p>`;
  const rest = more > 0 ? html`<p class="soft">and ${more} more</p>` : NOTHING;
  return html`<details><summary>Evidence, clauses and sources</summary>${shown}${rest}${mapped}${from}</details>`;
}

function evidenceOf(id: number, evidence: Evidence | undefined): Markup {
  if (evidence === undefined) return html`<p>Evidence ${id}</p>`;
  const { at, observer, source, subject, proof } = evidence;
  const port = subject.port === undefined ? '' : ` port ${subject.port}/${subject.transport ?? ''}`;
  const said = `${evidence.fact.kind} at ${subject.address}${port}`;
  return html`<p>Evidence ${id}: ${said} <span class="soft">${inline([utcText(at), observer, SOURCE_WORD[source]])}</span></p>${bytes(proof)}`;
}

function bytes(proof: Proof | undefined): Markup {
  if (proof === undefined) return NOTHING;
  const { request, response, control } = proof;
  const negative =
    control === undefined
      ? NOTHING
      : html`<pre>control  ${hex(control.request)}
answer   ${hex(control.response)}</pre>`;
  return html`<pre>request  ${hex(request)}
answer   ${hex(response)}</pre>${negative}`;
}

/** Octets apart, and what they are in ASCII behind. */
function hex(text: string): string {
  if (text === '') return '(nothing)';
  const octets = text.match(/[0-9a-f.]{2}/g) ?? [];
  const ascii = octets.map((octet) => printable(Number.parseInt(octet, 16))).join('');
  return `${octets.join(' ')}  |${ascii}|`;
}

function printable(code: number): string {
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
}

function brief(rest: readonly Finding[]): Markup {
  if (rest.length === 0) return NOTHING;
  const rows = rest.map(
    ({ severity, summary, remedy }) =>
      html`<tr><td>${badge(severity)}</td><td class="text">${summary}</td><td class="text">${remedy}</td></tr>
`,
  );
  return html`<div class="scroll"><table><caption>${rest.length} more</caption>
<thead><tr><th scope="col">Severity</th><th scope="col">What</th><th scope="col">Do</th></tr></thead>
<tbody>${rows}</tbody></table></div>
`;
}
