import type { MatrixCell, MatrixColumn, MatrixRow } from '../../../../src/model/api/site.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { services as de } from '../../words/de/services.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { services as en } from '../../words/en/services.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

/** Which of the four questions the cells answer; `exposure`: what the four together come to. */
export const SHOWS = ['exposure', 'open', 'used', 'needed', 'allowed'] as const;
export type Show = (typeof SHOWS)[number];

type State = keyof typeof t.glyphs;

export const GLYPHS: Readonly<Record<State, string>> = {
  needed: '●',
  used: '◐',
  unused: '○',
  open: '?',
  blocked: '✕',
  closed: '◌',
  none: '·',
};
export const NEW = '▲';
export const WRONG = '!';

const ANSWERS = { yes: '●', no: '✕', unknown: '?' } as const;

/** What a port is, by what matters first: closed, blocked, needed, used, unused. */
function stateOf({ open, used, needed, allowed }: MatrixCell): State {
  if (open === 'no') return 'closed';
  if (allowed === 'no') return 'blocked';
  if (needed === 'yes') return 'needed';
  if (used === 'yes') return 'used';
  return used === 'no' ? 'unused' : 'open';
}

/** The sign of a cell: what it is, with a mark where it is new or speaks something else. */
export function glyph(cell: MatrixCell | undefined, show: Show): string {
  if (cell === undefined) return GLYPHS.none;
  if (show !== 'exposure') return ANSWERS[cell[show]];
  const mark = `${cell.isNew ? NEW : ''}${cell.wrongProtocol ? WRONG : ''}`;
  return mark + GLYPHS[stateOf(cell)];
}

export function portOf({ port, transport }: MatrixColumn): string {
  return `${port}/${transport}`;
}

export function protocolOf(protocol: string): string {
  return protocol === 'unknown' || protocol === '' ? t.unrecognised : protocol;
}

/** The same as a sentence. */
export function spoken(row: MatrixRow, column: MatrixColumn, cell: MatrixCell | undefined): string {
  const port = portOf(column);
  if (cell === undefined) return t.nothing(row.device.name, port);
  const { open, used, needed, allowed } = cell;
  return [
    t.cell(row.device.name, protocolOf(cell.protocol), port),
    t.answers(t[open], t[used], t[needed], t[allowed]),
    ...(cell.isNew ? [t.isNew] : []),
    ...(cell.wrongProtocol ? [t.wrong] : []),
    parts.verdict[cell.verdict],
  ].join('; ');
}

/** A port of a device, as it is selected: enough to ask for its closing. */
export interface Picked {
  readonly device: string;
  readonly name: string;
  readonly transport: 'tcp' | 'udp';
  readonly port: number;
}

export type Picks = ReadonlyMap<string, Picked>;

export function pickKey(device: string, column: MatrixColumn): string {
  return `${device} ${portOf(column)}`;
}

/** Only what is open can be closed. */
export function canPick(cell: MatrixCell | undefined): boolean {
  return cell !== undefined && cell.open !== 'no';
}

export function togglePick(picks: Picks, row: MatrixRow, column: MatrixColumn): Picks {
  const next = new Map(picks);
  const key = pickKey(row.device.id, column);
  const { transport, port } = column;
  if (!next.delete(key)) {
    next.set(key, { device: row.device.id, name: row.device.name, transport, port });
  }
  return next;
}
