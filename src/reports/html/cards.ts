import { utcText } from '../../base/instant.ts';
import type { Device } from '../../model/device.ts';
import type { Cell, LedgerRow } from '../../model/ledger.ts';
import type { Card, PortEntry } from '../shared/view.ts';
import { answersOf, portText, protocolText } from '../shared/view.ts';
import {
  ANSWER_WORD,
  ATTRIBUTES,
  CATEGORY_WORD,
  CERTAINTY_WORD,
  plural,
  SOURCE_WORD,
  VERDICT_WORD,
} from '../shared/words.ts';
import { badge } from './findings.ts';
import type { Markup } from './markup.ts';
import { html, inline, NOTHING } from './markup.ts';

/** Ports of one device that are listed: a tarpit answers on all 65,535. */
const PORT_CAP = 200;
/** Particulars of one service that are shown. */
const DETAIL_CAP = 3;

/** One device: who it is and why we think so, and each of its ports with the four answers. */
export function deviceCard(card: Card): Markup {
  const { device, findings } = card;
  const worst = findings[0];
  return html`<article class="card" id="${device.id}" aria-label="${device.name}">
<header><h3>${device.name}</h3>${worst === undefined ? NOTHING : badge(worst.severity)}
<span class="soft">${inline([...device.addresses.slice(0, 4), ...device.macs.slice(0, 2), device.id])}</span></header>
${identity(device)}
${portTable(card)}</article>
`;
}

function identity(device: Device): Markup {
  const beliefs = ATTRIBUTES.flatMap(([name, label]) => {
    const [best] = device.attributes[name] ?? [];
    if (best === undefined) return [];
    const why = `${CERTAINTY_WORD[best.certainty]}, ${SOURCE_WORD[best.source]}`;
    const rests = `evidence ${best.evidence.slice(0, 3).join(', ')}`;
    return [
      html`<dt>${label}</dt><dd>${best.value} <span class="soft">(${why}; ${rests})</span></dd>
`,
    ];
  });
  const lines: readonly (readonly [string, string])[] = [
    ['Category', CATEGORY_WORD[device.category]],
    [
      'Treated as',
      device.robustnessReason === '' ? '' : `${device.robustness}: ${device.robustnessReason}`,
    ],
    ['Behind', device.behind ?? ''],
    [
      'Distress',
      device.distressedAt === undefined
        ? ''
        : `It stopped answering while it was asked, ${utcText(device.distressedAt)}`,
    ],
    ['Conflicts', device.conflicts.join('; ')],
    ['Seen', `${utcText(device.firstSeen)} to ${utcText(device.lastSeen)}`],
  ];
  const rest = lines
    .filter(([, text]) => text !== '')
    .map(
      ([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>
`,
    );
  return html`<dl>${beliefs}${rest}</dl>`;
}

function portTable({ device, ports }: Card): Markup {
  if (ports.length === 0)
    return html`<p class="soft">No port is known.</p>
`;
  const more = ports.length - PORT_CAP;
  const note =
    more > 0
      ? html`<p class="soft">${plural(more, 'further port is', 'further ports are')} in the CSV and JSON reports.</p>`
      : NOTHING;
  const names = ['Port', 'Speaks', 'Open', 'Used', 'Needed', 'Allowed', 'Verdict', 'What to do'];
  return html`<div class="scroll" role="region" aria-label="Ports of ${device.name}" tabindex="0"><table>
<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${ports.slice(0, PORT_CAP).map(portRow)}</tbody></table></div>${note}${reasons(ports.slice(0, PORT_CAP))}
`;
}

function portRow(entry: PortEntry): Markup {
  const { row } = entry;
  return html`<tr><th scope="row">${way(entry)}${portText(entry)}</th><td class="text">${protocolText(entry)}${particulars(entry)}</td>${answersOf(entry).map(cell)}${verdict(row)}<td class="text">${row?.advice ?? ''}</td></tr>
`;
}

function way({ direction }: PortEntry): Markup {
  return direction === 'from-device' ? html`<span class="soft">to others </span>` : NOTHING;
}

const ACCESS = { open: 'no login asked', credentials: 'asks for a login', unknown: '' } as const;

function particulars({ service }: PortEntry): Markup {
  if (service === undefined) return NOTHING;
  const access = ACCESS[service.access];
  const lines = service.details
    .slice(0, DETAIL_CAP)
    .map(({ name, value }) => html`<br><span class="soft">${name} ${value}</span>`);
  return access === '' ? html`${lines}` : html`<br><span class="soft">${access}</span>${lines}`;
}

function verdict(row: LedgerRow | undefined): Markup {
  if (row === undefined) return html`<td></td>`;
  const quiet = row.verdict === 'fine' || row.verdict === 'unknown';
  return html`<td class="${quiet ? 'soft' : 'todo'}">${VERDICT_WORD[row.verdict]}</td>`;
}

function cell({ answer, because }: Cell): Markup {
  const look = answer === 'unknown' ? 'soft' : 'known';
  return html`<td class="${look}" title="${because}">${ANSWER_WORD[answer]}</td>`;
}

const QUESTIONS = ['open', 'used', 'needed', 'allowed'] as const;

/** What the tooltips say, for who has no pointer, and for paper. */
function reasons(ports: readonly PortEntry[]): Markup {
  const lines = ports.map((entry) => {
    const said = answersOf(entry).map(({ answer, because, citation }, index) => {
      const source = citation === undefined ? '' : ` (${citation})`;
      return `${QUESTIONS[index] ?? ''} ${ANSWER_WORD[answer]}: ${because}${source}`;
    });
    return html`<li>${way(entry)}${portText(entry)}: ${said.join('; ')}</li>
`;
  });
  return html`<details><summary>Why these answers</summary><ul>${lines}</ul></details>
`;
}
