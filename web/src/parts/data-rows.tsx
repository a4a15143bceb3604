import type { JSX } from 'react';
import { memo } from 'react';
import { useLocation } from 'wouter';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import type { Column, DataTableProps } from './data-table.tsx';
import { toggled } from './row-keys.ts';

const t = words(en, de);

export function Widths<Row>({
  columns,
  select,
}: {
  readonly columns: readonly Column<Row>[];
  readonly select: boolean;
}): JSX.Element {
  return (
    <colgroup>
      {select && <col style={{ inlineSize: '2.25rem' }} />}
      {columns.map(({ id, width }) => (
        <col key={id} style={width === undefined ? undefined : { inlineSize: width }} />
      ))}
    </colgroup>
  );
}

/** Room of the rows that are not in the document. */
export function Spacer({
  span,
  height,
}: {
  readonly span: number;
  readonly height: number;
}): JSX.Element | null {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus
    <tr aria-hidden="true" className="spacer">
      <td colSpan={span} style={{ blockSize: `${height}px` }} />
    </tr>
  );
}

export function Head<Row>({
  columns,
  select,
  pages,
  rowKey,
  sort = '',
  onSort,
  isNarrow,
}: DataTableProps<Row> & { readonly isNarrow: boolean }): JSX.Element {
  if (isNarrow) {
    return (
      <thead className="visually-hidden">
        <tr aria-rowindex={1}>
          <th scope="col">{columns[0]?.head}</th>
        </tr>
      </thead>
    );
  }
  const all = pages.items.length > 0 && pages.items.every((row) => select?.keys.has(rowKey(row)));
  return (
    <thead>
      <tr aria-rowindex={1}>
        {select !== undefined && (
          <th scope="col" className="check">
            <label>
              <input
                type="checkbox"
                aria-label={t.selectAll}
                checked={all}
                onChange={() => select.onChange(new Set(all ? [] : pages.items.map(rowKey)))}
              />
            </label>
          </th>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: string;
  readonly onSort: ((sort: string) => void) | undefined;
}): JSX.Element {
  const { head, sort: field, number } = column;
  const order = field === undefined ? undefined : orderOf(sort, field);
  return (
    <th scope="col" aria-sort={order} className={number === true ? 'number' : undefined}>
      {field === undefined || onSort === undefined ? (
        head
      ) : (
        <button
          type="button"
          className="sort"
          title={t.sortBy(head)}
          onClick={() => onSort(order === 'ascending' ? `-${field}` : field)}
        >
          {head}
          <span aria-hidden="true" className="sort-mark">
            {order === 'ascending' ? '▲' : order === 'descending' ? '▼' : ''}
          </span>
        </button>
      )}
    </th>
  );
}

function orderOf(sort: string, field: string): 'ascending' | 'descending' | undefined {
  if (sort === field) return 'ascending';
  return sort === `-${field}` ? 'descending' : undefined;
}

type LineProps<Row> = DataTableProps<Row> & {
  readonly index: number;
  readonly local: number;
  readonly isNarrow: boolean;
  readonly span: number;
  /** Where rows are as tall as they need to be. */
  readonly measure: ((element: Element | null) => void) | undefined;
};

function PlainLine<Row>(props: LineProps<Row>): JSX.Element {
  const { pages, columns, select, rowKey, rowName, group, isNarrow, index, local, span, measure } =
    props;
  const [, go] = useLocation();
  const row = pages.items[index];
  if (row === undefined) {
    return (
      <tr data-index={local} ref={measure} aria-rowindex={index + 2} className="awaited">
        <td colSpan={span}>…</td>
      </tr>
    );
  }
  const before = pages.items[index - 1];
  const title = group?.(row);
  const starts = title !== undefined && (before === undefined || group?.(before) !== title);
  const key = rowKey(row);
  const selected = select?.keys.has(key) ?? false;
  const check = select !== undefined && (
    <label>
      <input
        type="checkbox"
        aria-label={t.selectRow(rowName(row))}
        checked={selected}
        onChange={() => select.onChange(toggled(select.keys, key))}
      />
    </label>
  );
  const href = props.rowHref?.(row);
  return (
    <tr
      onClick={(event) => href !== undefined && !isOnControl(event.target) && go(href)}
      data-index={local}
      ref={measure}
      aria-rowindex={index + 2}
      data-selected={selected}
      data-group={starts ? title : undefined}
    >
      {isNarrow ? (
        <td className="folded">{props.narrow?.(row) ?? <Folded row={row} columns={columns} />}</td>
      ) : (
        <>
          {select !== undefined && <td className="check">{check}</td>}
          {columns.map(({ id, cell, number }, at) =>
            at === 0 ? (
              <th key={id} scope="row">
                {starts && <span className="group-mark">{title}</span>}
                {cell(row)}
              </th>
            ) : (
              <td key={id} className={number === true ? 'number' : undefined}>
                {cell(row)}
              </td>
            ),
          )}
        </>
      )}
    </tr>
  );
}

/** Scrolling moves rows, and makes none anew that is the same. */
// biome-ignore lint/nursery/noUnsafeTypeAssertion: the types of memo forget that it is generic
export const Line = memo(PlainLine) as typeof PlainLine;

/** A click that is meant for something else, or the end of selecting a text. */
function isOnControl(target: EventTarget): boolean {
  if (!(target instanceof Element)) return true;
  return target.closest('a, button, label, input') !== null || !getSelection()?.isCollapsed;
}

/** A row as lines: the head, then names and values. */
function Folded<Row>({
  row,
  columns,
}: {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
}): JSX.Element {
  const [first, ...others] = columns;
  return (
    <>
      <div className="folded-head">{first?.cell(row)}</div>
      <div className="folded-rest">
        {others.slice(0, 4).map(({ id, head, cell }) => (
          <span key={id}>
            <span className="soft">{head}</span> {cell(row)}
          </span>
        ))}
      </div>
    </>
  );
}
