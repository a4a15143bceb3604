import { shownAddress } from '../base/address.ts';
import type { Site } from '../model/site.ts';
import type { Crossing, PlannedZone, SegmentPlan } from '../policy/segment/segment.ts';
import type { Markup } from '../reports/html/markup.ts';
import { html, NOTHING } from '../reports/html/markup.ts';
import { STYLE } from '../reports/html/style.ts';
import { plural } from '../reports/shared/words.ts';
import { VERSION } from './product.ts';
import { BREAK_WORD, namesOf } from './segment-print.ts';

/** Not even a broken encoder could run or fetch anything (CSP Level 3, by meta element). */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Pixels. */
const CELL = 76;
const LEFT = 150;
const TOP = 96;
/** Services of one cell that are named; the table has all. */
const NAMED = 2;
const ROWS = 500;

/** The plan as one page that can be kept, mailed and printed: no script, nothing from the network. */
export function segmentPage(plan: SegmentPlan, site: Site): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Zones for this network · portolan</title>
<style>${STYLE}</style>
</head>
<body>
${body(plan, site).toString()}</body>
</html>
`;
}

function body(plan: SegmentPlan, site: Site): Markup {
  const { blast, zones, placements, breaks } = plan;
  const [before, after] = [blast.flat.mean.toFixed(0), blast.zones.mean.toFixed(0)];
  return html`<header><h1>Zones for this network</h1>
<p class="headline">${plural(zones.length, 'zone')} for ${plural(placements.length, 'device')}: whoever takes over one of them reaches ${after} others, not ${before}; with rules for each device ${blast.devices.mean.toFixed(1)}.</p>
<p class="first">${breaks.length === 0 ? 'Nothing that was seen would break.' : `${plural(breaks.length, 'need that was seen', 'needs that were seen')} would not be met any more: look there first.`}</p></header>
<main>
<section aria-labelledby="matrix"><h2 id="matrix">What the zones need of each other</h2>
<p class="soft">Rows open connections, columns answer. In the circle: kinds of services that rules allow. Beside the triangle: needs that no rule meets.</p>
<div class="scroll matrix" role="region" aria-label="Zones and what they need" tabindex="0">${zoneMatrix(plan)}</div>
${crossingTable(plan.crossings)}</section>
${breakTable(plan, site)}
${discovery(plan)}
<section aria-labelledby="zones"><h2 id="zones">Who is where, and why</h2>
${zones.map((zone) => zoneSection(zone, plan, site))}</section>
</main>
<footer><p>Made by portolan ${VERSION} from what was recorded.</p>${plan.notes.map((note) => html`<p>${note}.</p>`)}</footer>
`;
}

/** Rows and columns: each zone, and the internet as a column. Size says how many services, shade how many pairs. */
export function zoneMatrix({ zones, crossings, breaks }: SegmentPlan): Markup {
  const columns = [...zones.map(({ name }) => name), 'internet'];
  const height = TOP + zones.length * CELL + 8;
  const width = LEFT + columns.length * CELL + 90;
  const heads = columns.map((name, index) => {
    const x = LEFT + index * CELL + CELL / 2;
    return html`<text transform="translate(${x - 4} ${TOP - 8}) rotate(-40)">${name}</text>`;
  });
  const rows = zones.map((zone, row) => {
    const y = TOP + row * CELL;
    const cells = columns.map((to, column) => {
      const between = crossings.filter((one) => one.from === zone.name && one.to === to);
      const broken = breaks.filter((one) => one.from === zone.name && one.to === to).length;
      return cell({ x: LEFT + column * CELL, y, from: zone, to, between, broken });
    });
    return html`<line x1="0" x2="${width - 90}" y1="${y}" y2="${y}" class="rule"/><text x="0" y="${y + CELL / 2}">${zone.name}</text><text x="0" y="${y + CELL / 2 + 17}" class="group">${plural(zone.members.length, 'device')}</text>${cells}
`;
  });
  return html`<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${zones.length} zones and what they need of each other; the same as a table follows"><g aria-hidden="true">${heads}${rows}</g></svg>
`;
}

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly from: PlannedZone;
  readonly to: string;
  readonly between: readonly Crossing[];
  readonly broken: number;
}

function cell({ x, y, from, to, between, broken }: Cell): Markup {
  const [cx, cy] = [x + CELL / 2, y + CELL / 2];
  if (from.name === to) {
    return html`<rect x="${x + 8}" y="${y + 8}" width="${CELL - 16}" height="${CELL - 16}" rx="4" fill="var(--panel)"/><text x="${cx}" y="${cy + 4}" text-anchor="middle" class="group">within</text>`;
  }
  if (between.length === 0 && broken === 0) {
    return html`<circle cx="${cx}" cy="${cy}" r="1.5" fill="var(--line)"/>`;
  }
  const services = between.map(({ service }) => service).join(', ');
  const tip = `${from.name} → ${to}: ${services || 'nothing'}${broken === 0 ? '' : `; ${broken} would break`}`;
  const radius = between.length === 0 ? 0 : Math.min(24, 9 + 3 * Math.sqrt(between.length));
  const circle =
    radius === 0
      ? NOTHING
      : html`<circle cx="${cx}" cy="${cy - 8}" r="${radius.toFixed(1)}" fill="var(--low)" stroke="var(--ink)"/><text x="${cx}" y="${cy - 3}" text-anchor="middle" style="fill:var(--low-ink)">${between.length}</text>`;
  const names = between
    .slice(0, NAMED)
    .map(({ service }) => service)
    .join(' ');
  const label = html`<text x="${cx}" y="${y + CELL - 7}" text-anchor="middle" style="font-size:9px">${names.length > 15 ? (between[0]?.service ?? '') : names}</text>`;
  const mark =
    broken === 0
      ? NOTHING
      : html`<path d="M${x + CELL - 16} ${y + 6}l7 12h-14Z" class="glyph-high"/><text x="${x + CELL - 7}" y="${y + 17}" style="font-size:10px">${broken}</text>`;
  return html`<g><title>${tip}</title>${circle}${label}${mark}</g>`;
}

function crossingTable(crossings: readonly Crossing[]): Markup {
  const rows = crossings.slice(0, ROWS).map(
    ({ from, to, service, pairs, flows, days }) =>
      html`<tr><th scope="row">${from}</th><td>${to}</td><td>${service}</td><td>${pairs}</td><td>${flows}</td><td>${days}</td></tr>
`,
  );
  return html`<details><summary>The same as a table</summary><div class="scroll"><table>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Service</th><th scope="col">Pairs of devices</th><th scope="col">Flows</th><th scope="col">Days</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>
`;
}

function breakTable(plan: SegmentPlan, site: Site): Markup {
  if (plan.breaks.length === 0) return NOTHING;
  const nameOf = namesOf(plan, site);
  const rows = plan.breaks.slice(0, ROWS).map(
    ({ client, server, service, from, to, flows, days, kind }) =>
      html`<tr><th scope="row">${nameOf(client)}</th><td>${nameOf(server)}</td><td>${service}</td><td>${from} → ${to}</td><td>${flows}</td><td>${days}</td><td class="text">${BREAK_WORD[kind]}</td></tr>
`,
  );
  return html`<section aria-labelledby="breaks"><h2 id="breaks">What would break</h2>
<div class="scroll"><table><thead><tr><th scope="col">Device</th><th scope="col">Needs</th><th scope="col">Service</th><th scope="col">Zones</th><th scope="col">Flows</th><th scope="col">Days</th><th scope="col">Why</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>
`;
}

function discovery({ relays, placements }: SegmentPlan): Markup {
  const staying = placements.filter(({ stays }) => stays !== undefined);
  if (relays.length === 0 && staying.length === 0) return NOTHING;
  const passed = relays.map(
    ({ protocol, from, to, types }) =>
      html`<li>${protocol}, ${from} → ${to}: <code>${types.join(', ')}</code></li>
`,
  );
  const stay = staying.map(
    ({
      device,
      stays,
    }) => html`<li>${device.id}: ${stays?.reason ?? ''} (${stays?.source ?? ''})</li>
`,
  );
  return html`<section aria-labelledby="discovery"><h2 id="discovery">Discovery</h2>
${passed.length === 0 ? NOTHING : html`<p>Has to be relayed, and nothing else:</p><ul>${passed}</ul>`}
${stay.length === 0 ? NOTHING : html`<p>Do not move:</p><ul>${stay}</ul>`}</section>
`;
}

function zoneSection(zone: PlannedZone, plan: SegmentPlan, site: Site): Markup {
  const names = new Map(site.devices.map(({ id, name }) => [id, name]));
  const rows = plan.placements
    .filter((one) => one.zone === zone.name)
    .slice(0, ROWS)
    .map(
      ({ device, reason }) =>
        html`<tr><th scope="row">${names.get(device.id) ?? device.id}</th><td>${device.id}</td><td>${shownAddress(device.addresses) ?? ''}</td><td class="text">${reason}</td></tr>
`,
    );
  const where = zone.vlan === undefined ? 'keeps its network' : `VLAN ${zone.vlan}`;
  return html`<details open><summary>${zone.name}: ${zone.title} (${zone.members.length})</summary>
<p class="soft">${where}, ${zone.networks.join(', ')}</p>
<div class="scroll"><table><thead><tr><th scope="col">Device</th><th scope="col">Id</th><th scope="col">Address now</th><th scope="col">Because</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>
`;
}
