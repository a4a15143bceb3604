import { utcText } from '../../base/instant.ts';
import type { Device } from '../../model/device.ts';
import type { Cell } from '../../model/ledger.ts';
import type { Card, PortEntry } from '../shared/view.ts';
import { portText, protocolText } from '../shared/view.ts';
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

/** One device: who it is and why we think so, and each of its ports with the four answers. */
export function deviceCard({ device, ports, findings }: Card): Markup {
  const worst = findings[0];
  return html`<article class="card" id="${device.id}" aria-label="${device.name}">
<header><h3>${device.name}</h3>${worst === undefined ? NOTHING : badge(worst.severity)}
<span class="soft">${inline([...device.addresses.slice(0, 4), ...device.macs.slice(0, 2), device.id])}</span></header>
${identity(device)}
${portTable(ports)}</article>
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

function portTable(ports: readonly PortEntry[]): Markup {
  if (ports.length === 0)
    return html`<p class="soft">No port is known.</p>
`;
  const more = ports.length - PORT_CAP;
  const note =
    more > 0
      ? html`<p class="soft">${plural(more, 'further port is', 'further ports are')} in the CSV and JSON reports.</p>`
      : NOTHING;
  const names = ['Port', 'Speaks', 'Open', 'Used', 'Needed', 'Allowed', 'Verdict', 'What to do'];
  return html`<div class="scroll" role="region" aria-label="Ports" tabindex="0"><table>
<thead><tr>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${ports.slice(0, PORT_CAP).map(portRow)}</tbody></table></div>${note}
`;
}

function portRow(entry: PortEntry): Markup {
  const { row, service, direction } = entry;
  const way = direction === 'from-device' ? html`<span class="soft">to others </span>` : NOTHING;
  const access =
    service === undefined || service.access === 'unknown' ? '' : ACCESS[service.access];
  const about = [access, ...(service?.details ?? []).slice(0, 3).map(({ name }) => name)];
  const details = (service?.details ?? []).slice(0, 3);
  const extra =
    about.filter((text) => text !== '').length === 0
      ? NOTHING
      : html`<br><span class="soft">${access}${details.map(({ name, value }, index) => html`${access === '' && index === 0 ? '' : ', '}${name} ${value}`)}</span>`;
  return html`<tr><th scope="row">${way}${portText(entry)}</th><td class="text">${protocolText(entry)}${extra}</td>${cell(row?.open)}${cell(row?.used)}${cell(row?.needed)}${cell(row?.allowed)}<td>${row === undefined ? '' : VERDICT_WORD[row.verdict]}</td><td class="text">${row?.advice ?? ''}</td></tr>
`;
}

const ACCESS = { open: 'no login asked', credentials: 'asks for a login' } as const;

/** The reason is a tooltip here and text in the JSON report; the answer is always a word. */
function cell(answer: Cell | undefined): Markup {
  if (answer === undefined) return html`<td class="soft">${ANSWER_WORD.unknown}</td>`;
  const soft = answer.answer === 'unknown' ? html` class="soft"` : NOTHING;
  return html`<td${soft} title="${answer.because}">${ANSWER_WORD[answer.answer]}</td>`;
}
