import { quote, reveal } from '../../base/untrusted.ts';
import type { Device } from '../../model/device.ts';
import type { Card, PortEntry, PortState } from '../shared/view.ts';
import { groupBy, portState, portText, protocolText } from '../shared/view.ts';
import { CATEGORY_WORD, plural } from '../shared/words.ts';
import type { Markup } from './markup.ts';
import { html, NOTHING } from './markup.ts';

const COLUMN_CAP = 40;
const ROW_CAP = 200;

/** Pixels. */
const CELL = 32;
const HEAD_HEIGHT = 116;
const NAME_CHARACTERS = 26;
/** Of a character of the 13 px font, widely measured: a name may reach into the first gap, no further. */
const CHARACTER_WIDTH = 7.2;

const STATE_WORD: Readonly<Record<PortState, string>> = {
  needed: 'open and needed',
  unused: 'open, nobody uses it',
  unneeded: 'open, not needed',
  cleartext: 'open, not encrypted',
  wrong: 'open, unexpected protocol',
  missing: 'needed, not there',
  unknown: 'open, need not known',
  closed: 'was open, closed now',
};

/** Drawn around (0, 0), 14 px wide. Shape and lightness say it; hue only helps. */
const GLYPH: Readonly<Record<PortState, Markup>> = {
  needed: html`<circle r="6" class="glyph-ink"/>`,
  unused: html`<circle r="5.5" class="glyph-line"/>`,
  unneeded: html`<path d="M0-7 7 6H-7Z" class="glyph-high"/>`,
  cleartext: html`<path d="M0-7 7 0 0 7-7 0Z" class="glyph-medium"/>`,
  wrong: html`<rect x="-6.5" y="-6.5" width="13" height="13" class="glyph-critical"/><path d="M0-4V1M0 3V5" class="glyph-mark"/>`,
  missing: html`<path d="M-5-5 5 5M5-5-5 5" class="glyph-line"/>`,
  unknown: html`<circle r="6" class="glyph-soft"/><text y="4.5" class="glyph-text">?</text>`,
  closed: html`<circle r="5" class="glyph-soft" stroke-dasharray="2 2.2"/>`,
};

const STATES: readonly PortState[] = [
  'needed',
  'unneeded',
  'wrong',
  'cleartext',
  'unused',
  'missing',
  'unknown',
  'closed',
];

interface Column {
  readonly key: string;
  readonly port: string;
  readonly protocol: string;
  readonly devices: number;
}

/** Devices down, ports across: where the network is open, at a glance. */
export function matrix(cards: readonly Card[]): Markup {
  const shown = cards.slice(0, ROW_CAP);
  const all = columnsOf(cards);
  // The ports that most devices have stay; they are shown in the order of their numbers.
  const kept = new Set([...all].sort((a, b) => b.devices - a.devices).slice(0, COLUMN_CAP));
  const columns = all.filter((column) => kept.has(column));
  if (columns.length === 0) return html`<p class="soft">No port is known yet.</p>`;
  const folded = [
    all.length > columns.length
      ? `${plural(all.length - columns.length, 'rarer port is', 'rarer ports are')} not drawn`
      : '',
    cards.length > shown.length
      ? `${plural(cards.length - shown.length, 'further device is', 'further devices are')} not drawn`
      : '',
  ].filter((text) => text !== '');
  const note =
    folded.length === 0
      ? NOTHING
      : html`<p class="soft">${folded.join('; ')}: see the device cards below.</p>`;
  return html`<div class="scroll matrix" role="region" aria-label="Devices and their ports" tabindex="0">
${drawing(shown, columns)}</div>
${legend(shown)}${note}${table(shown)}`;
}

function keyOf(entry: PortEntry): string {
  return `${portText(entry)} ${entry.protocol}`;
}

function incoming({ ports }: Card): readonly PortEntry[] {
  return ports.filter(({ direction }) => direction === 'to-device');
}

function columnsOf(cards: readonly Card[]): readonly Column[] {
  const groups = groupBy(cards.flatMap(incoming), keyOf);
  return [...groups]
    .map(([key, entries]) => ({ key, entry: entries[0], devices: entries.length }))
    .sort((a, b) => (a.entry?.port ?? 0) - (b.entry?.port ?? 0) || a.key.localeCompare(b.key, 'en'))
    .map(({ key, entry, devices }) => ({
      key,
      port: entry === undefined ? '' : portText(entry),
      protocol: entry?.protocol ?? '',
      devices,
    }));
}

/** Where the first column begins: as far left as the longest name lets it, for narrow screens. */
function leftOf(cards: readonly Card[]): number {
  const longest = Math.max(...cards.map(({ device }) => nameOf(device).length));
  return Math.ceil(longest * CHARACTER_WIDTH) + 12;
}

function nameOf({ name }: Device): string {
  return shorten(reveal(name), NAME_CHARACTERS);
}

function drawing(cards: readonly Card[], columns: readonly Column[]): Markup {
  const left = leftOf(cards);
  const rows: Markup[] = [];
  let y = HEAD_HEIGHT;
  let category = '';
  for (const card of cards) {
    if (card.device.category !== category) {
      category = card.device.category;
      rows.push(
        html`<text x="0" y="${y + 22}" class="group">${CATEGORY_WORD[card.device.category]}</text>`,
      );
      y += CELL + 2;
    }
    rows.push(row(card, columns, left, y));
    y += CELL;
  }
  // The last slanted label leans out to the right.
  const width = left + columns.length * CELL + 80;
  const title = `${plural(cards.length, 'device')} and ${plural(columns.length, 'port')}`;
  return html`<svg width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" role="img" aria-label="${title}; the same as a table follows">
<g aria-hidden="true">${columns.map((column, index) => head(column, left + index * CELL + CELL / 2, y))}${rows}</g></svg>
`;
}

function head({ port, protocol }: Column, x: number, bottom: number): Markup {
  const label = protocol === 'unknown' ? port : `${port} ${shorten(protocol, 9)}`;
  return html`<line x1="${x}" x2="${x}" y1="${HEAD_HEIGHT}" y2="${bottom}" class="column"/><text transform="translate(${x + 4} ${HEAD_HEIGHT - 6}) rotate(-55)">${label}</text>`;
}

function row(card: Card, columns: readonly Column[], left: number, y: number): Markup {
  const { device } = card;
  const entries = new Map(incoming(card).map((entry) => [keyOf(entry), entry]));
  const end = left + columns.length * CELL;
  const cells = columns.map(({ key }, index) => {
    const entry = entries.get(key);
    const x = left + index * CELL + CELL / 2;
    if (entry === undefined) return NOTHING;
    const state = portState(entry);
    const tip = `${quote(device.name)} ${portText(entry)} ${protocolText(entry)}: ${STATE_WORD[state]}`;
    return html`<g transform="translate(${x} ${y + CELL / 2})"><title>${tip}</title>${GLYPH[state]}</g>`;
  });
  return html`<line x1="0" x2="${end}" y1="${y + CELL}" y2="${y + CELL}" class="rule"/><text x="0" y="${y + 21}">${nameOf(device)}</text>${cells}
`;
}

/** By whole characters, so that none is cut in two. */
function shorten(text: string, length: number): string {
  const characters = [...text.slice(0, length * 4)];
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}

function legend(cards: readonly Card[]): Markup {
  const present = new Set(cards.flatMap(incoming).map(portState));
  const items = STATES.filter((state) => present.has(state)).map(
    (state) =>
      html`<li><svg viewBox="-8 -8 16 16" aria-hidden="true">${GLYPH[state]}</svg>${STATE_WORD[state]}</li>
`,
  );
  return html`<ul class="legend matrix">${items}</ul>
`;
}

/** The same for who cannot see the drawing, or wants to copy it. */
function table(cards: readonly Card[]): Markup {
  const rows = cards.flatMap((card) =>
    incoming(card).map(
      (entry) =>
        html`<tr><th scope="row">${card.device.name}</th><td>${portText(entry)}</td><td>${protocolText(entry)}</td><td>${STATE_WORD[portState(entry)]}</td></tr>
`,
    ),
  );
  return html`<details><summary>The same as a table</summary><div class="scroll"><table>
<thead><tr><th scope="col">Device</th><th scope="col">Port</th><th scope="col">Speaks</th><th scope="col">State</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>
`;
}
