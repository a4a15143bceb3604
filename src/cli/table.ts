import { styleText } from 'node:util';
import { forTerminal } from '../base/encode.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Severity } from '../model/core.ts';
import type { Shell } from './shell.ts';

export interface Column<Row> {
  readonly title: string;
  /** Foreign text is encoded here, and nowhere before. */
  value(row: Row): string | Untrusted | number;
  /** Higher is dropped first where the terminal is too narrow; 0 is never dropped. */
  readonly rank?: number;
  readonly align?: 'right';
  style?(row: Row): Style | undefined;
}

export type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

/**
 * On a terminal a table that fits; piped, tab-separated, complete and without colour; with
 * `--accessible` one sentence a row.
 */
export function table<Row>(
  shell: Shell,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): string {
  const texts = rows.map((row) => columns.map((column) => cell(column.value(row))));
  if (shell.accessible) return texts.map((line) => sentence(columns, line)).join('');
  if (!shell.outIsTerminal) {
    const lines = [columns.map(({ title }) => title.toLowerCase()), ...texts];
    return lines.map((line) => `${line.join('\t')}\n`).join('');
  }
  return drawn(shell, columns, rows, texts);
}

function cell(value: string | Untrusted | number): string {
  return forTerminal(typeof value === 'number' ? String(value) : value);
}

function sentence<Row>(columns: readonly Column<Row>[], line: readonly string[]): string {
  const parts = columns.flatMap(({ title }, index) => {
    const text = line[index] ?? '';
    return text === '' ? [] : [`${title.toLowerCase()} ${text}`];
  });
  return `${parts.join(', ')}.\n`;
}

function drawn<Row>(
  shell: Shell,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  texts: readonly (readonly string[])[],
): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...texts.map((line) => widthOf(line[index] ?? ''))),
  );
  const shown = fitting(columns, widths, shell.width);
  shrink(shown, widths, shell.width);
  const header = shown.map((index) => {
    const width = widths[index] ?? 0;
    return pad(cut(columns[index]?.title ?? '', width), width, false);
  });
  const lines = rows.map((row, at) =>
    shown
      .map((index) => {
        const column = columns[index];
        const text = cut(texts[at]?.[index] ?? '', widths[index] ?? 0);
        const padded = pad(text, widths[index] ?? 0, column?.align === 'right');
        return paint(shell, column?.style?.(row), padded);
      })
      .join('  ')
      .trimEnd(),
  );
  const hidden = columns.length - shown.length;
  const more = hidden > 0 ? [paint(shell, 'dim', `+${hidden} columns on a wider terminal`)] : [];
  return `${[paint(shell, 'bold', header.join('  ').trimEnd()), ...lines, ...more].join('\n')}\n`;
}

/** Indices of the columns that fit, dropping those of the highest rank first. */
function fitting<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  width: number,
): number[] {
  const shown = columns.map((_, index) => index);
  const total = (): number => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + 2, -2);
  while (total() > width) {
    const worst = shown.reduce((a, b) => (rank(columns, b) >= rank(columns, a) ? b : a));
    if (rank(columns, worst) === 0) break;
    shown.splice(shown.indexOf(worst), 1);
  }
  return shown;
}

function rank<Row>(columns: readonly Column<Row>[], index: number): number {
  return columns[index]?.rank ?? 0;
}

/** Columns to which what cannot be dropped is cut at most. */
const NARROWEST = 4;

/** What cannot be dropped is cut, the widest column first. */
function shrink(shown: readonly number[], widths: number[], width: number): void {
  const over = (): number =>
    shown.reduce((sum, index) => sum + (widths[index] ?? 0) + 2, -2) - width;
  while (over() > 0) {
    const [widest = 0, next = 0] = shown.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    const present = widths[widest] ?? 0;
    if (present <= NARROWEST) return;
    const level = shown.length > 1 ? Math.min(widths[next] ?? 0, present - 1) : NARROWEST;
    widths[widest] = Math.max(NARROWEST, level, present - over());
  }
}

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? space + text : text + space;
}

function cut(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** Code points; wide East Asian characters count as one, which at worst misaligns their own line. */
function widthOf(text: string): number {
  return [...text].length;
}

export function paint(shell: Shell, style: Style | undefined, text: string): string {
  return style === undefined || !shell.color
    ? text
    : styleText(style, text, { validateStream: false });
}

const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'dim',
};

/** Shape and word first, colour last: it must be readable without any (ux: severity). */
const SEVERITY_MARK: Readonly<Record<Severity, string>> = {
  critical: '◆ Critical',
  high: '▲ High',
  medium: '■ Medium',
  low: '▽ Low',
  info: '○ Info',
};

export function severityText(shell: Shell, severity: Severity): string {
  const mark = SEVERITY_MARK[severity];
  return shell.accessible ? mark.slice(2) : mark;
}

export function severityStyle(severity: Severity): Style {
  return SEVERITY_STYLE[severity];
}
