import { utcText } from '../base/instant.ts';
import type { Site } from '../model/site.ts';
import { deviceCard } from './html/cards.ts';
import { badge, findings } from './html/findings.ts';
import type { Markup } from './html/markup.ts';
import { html as markup, NOTHING } from './html/markup.ts';
import { matrix } from './html/matrix.ts';
import { foot, limits, scanRecord, sources } from './html/scan.ts';
import { STYLE } from './html/style.ts';
import type { Report, ReportOptions } from './report.ts';
import { asSentence, cardsOf, rankFindings, severityCounts } from './shared/view.ts';
import { plural } from './shared/words.ts';

/** Not even a broken encoder could run or fetch anything (CSP Level 3, by meta element). */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** One file that can be kept, mailed and printed: no script, nothing from the network. */
export const html = {
  id: 'html',
  title: 'One self-contained page with the device × port matrix, for people',
  extension: '.html',
  *render(site, options) {
    yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Ports of this network · portolan</title>
<style>${STYLE}</style>
</head>
<body>
`;
    for (const part of body(site, options)) yield part.toString();
    yield '</body>\n</html>\n';
  },
} as const satisfies Report;

function* body(site: Site, options: ReportOptions): Iterable<Markup> {
  const cards = cardsOf(site);
  yield head(site);
  yield markup`<main>
`;
  yield* findings(site, options);
  yield markup`<section aria-labelledby="matrix"><h2 id="matrix">Devices and their ports</h2>
${matrix(cards)}</section>
<section aria-labelledby="devices"><h2 id="devices">Each device</h2>
`;
  for (const card of cards) yield deviceCard(card);
  yield markup`</section>
${scanRecord(site.scans)}${limits(options.limits)}${sources(site)}</main>
${foot(site, options)}`;
}

function head(site: Site): Markup {
  const open = site.services.filter(({ state }) => state === 'open').length;
  const [first] = rankFindings(site.findings);
  const found =
    site.findings.length === 0 ? 'nothing found wrong' : plural(site.findings.length, 'finding');
  const counts = severityCounts(site.findings).map(
    ([severity, count]) => markup`<li>${badge(severity)} ${count}</li>
`,
  );
  const start =
    first === undefined
      ? NOTHING
      : markup`<p class="first">First: <a href="#${first.id}">${asSentence(first.summary)}</a></p>
`;
  const links = ['findings', 'matrix', 'devices', ...(site.scans.length > 0 ? ['scan'] : [])];
  return markup`<header><h1>Ports of this network, ${utcText(site.at)}</h1>
<p class="headline">${plural(site.devices.length, 'device')}, ${plural(open, 'open service')}, ${found}.</p>
<ul class="counts">${counts}</ul>
${start}<nav aria-label="Parts of this report"><ul>${links.map((id) => markup`<li><a href="#${id}">${LINK[id] ?? id}</a></li>`)}</ul></nav></header>
`;
}

const LINK: Readonly<Record<string, string>> = {
  findings: 'What to do',
  matrix: 'Devices and ports',
  devices: 'Each device',
  scan: 'How this was found out',
};
