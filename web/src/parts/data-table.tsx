import { useVirtualizer } from '@tanstack/react-virtual';
import type { JSX, ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import type { Pages } from '../api/pages.ts';
import { FOLDED, useMedia } from '../media.ts';
import { usePref } from '../prefs.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Head, Line, Spacer, Widths } from './data-rows.tsx';
import { Pager } from './pager.tsx';
import { toggled, useRowKeys } from './row-keys.ts';
import { Empty, Failed, Loading } from './states.tsx';
import { News, useSteady } from './steady.tsx';

const t = words(en, de);

export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  /** Field of the API to sort by; absent where it cannot. */
  readonly sort?: string;
  /** CSS width; the others share what is left. */
  readonly width?: string;
  readonly number?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface Selection {
  readonly keys: ReadonlySet<string>;
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

export interface DataTableProps<Row> {
  /** What the table is a list of: its accessible name. */
  readonly name: string;
  readonly pages: Pages<Row>;
  /** The first is the head of its row, and holds the link to what the row is about. */
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly rowName: (row: Row) => string;
  /** Where a click on the row leads; the same as the link of its first cell. */
  readonly rowHref?: (row: Row) => string;
  /** `-risk`: by risk, descending. */
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  readonly select?: Selection;
  /** A line before the first row of each group; the list must be sorted so that they are together. */
  readonly group?: ((row: Row) => string) | undefined;
  /** A row where there is no room for columns; by default the first five. */
  readonly narrow?: (row: Row) => ReactNode;
  readonly empty: ReactNode;
}

/** Rows that are looked at once at most, with those that are kept ready around them. */
const AHEAD = 4;

/**
 * A list of any length: the server filters, sorts and pages, and only rows in sight are in the
 * document. `aria-rowcount` and `aria-rowindex` tell the rest.
 */
export function DataTable<Row>(props: DataTableProps<Row>): JSX.Element {
  const { pages, empty } = props;
  const lists = usePref('lists');
  if (pages.error !== undefined && pages.items.length === 0) {
    return <Failed error={pages.error} retry={pages.again} />;
  }
  if (pages.isLoading) return <Loading />;
  if (pages.total === 0) return <Empty title={t.nothing}>{empty}</Empty>;
  return lists === 'pages' ? (
    <Pager {...props} Rows={Rows} />
  ) : (
    <Rows {...props} from={0} to={pages.total} />
  );
}

export type RowsProps<Row> = DataTableProps<Row> & { readonly from: number; readonly to: number };

function Rows<Row>(props: RowsProps<Row>): JSX.Element {
  const { name, columns, select, from, to, rowKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { pages, isHeld, show } = useSteady(props.pages, rowKey, scroller);
  const isNarrow = useMedia(FOLDED);
  usePref('density');
  const size = rowSize();
  const count = Math.min(to, pages.total) - from;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? size * 2.5 : size),
    overscan: AHEAD,
    scrollMargin: 0,
  });
  const shown = virtual.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const { reach } = pages;
  useEffect(() => {
    if (last !== undefined) reach(from + last.index);
  }, [reach, from, last]);
  const onKeyDown = useRowKeys(scroller, {
    count,
    show: (index) => virtual.scrollToIndex(index),
    pick: (index) => {
      const row = pages.items[from + index];
      if (row !== undefined) select?.onChange(toggled(select.keys, rowKey(row)));
    },
  });
  const span = isNarrow ? 1 : columns.length + (select === undefined ? 0 : 1);
  return (
    <div className="table-frame">
      <section
        className="table-scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys (WCAG 2.1.1)
        tabIndex={0}
        aria-label={name}
        onKeyDown={onKeyDown}
      >
        <table
          className={isNarrow ? 'data narrow' : 'data'}
          aria-rowcount={pages.total + 1}
          aria-label={name}
          data-old={pages.isOld}
          style={isNarrow ? undefined : { minInlineSize: `${leastWidth(columns)}rem` }}
        >
          {!isNarrow && <Widths columns={columns} select={select !== undefined} />}
          <Head {...props} pages={pages} isNarrow={isNarrow} />
          <tbody>
            <Spacer span={span} height={first?.start ?? 0} />
            {shown.map(({ index }) => (
              <Line
                key={from + index}
                {...props}
                pages={pages}
                index={from + index}
                local={index}
                isNarrow={isNarrow}
                span={span}
                measure={isNarrow ? virtual.measureElement : undefined}
              />
            ))}
            <Spacer span={span} height={virtual.getTotalSize() - (last?.end ?? 0)} />
          </tbody>
        </table>
      </section>
      {isHeld && <News onShow={show} />}
    </div>
  );
}

/** Of a column that takes a share of what is left, and of the mark that selects a row: in rem. */
const LEAST_SHARE = 12;
const LEAST_MARK = 2.25;

/** Below it nothing could be read: then the table is scrolled within its frame. */
function leastWidth<Row>(columns: readonly Column<Row>[]): number {
  return columns.reduce(
    (sum, { width = '' }) => sum + (width.endsWith('rem') ? Number.parseFloat(width) : LEAST_SHARE),
    LEAST_MARK,
  );
}

/** Pixels of a row, as the style sheet has it. */
function rowSize(): number {
  const root = getComputedStyle(document.documentElement);
  return Number.parseFloat(root.getPropertyValue('--row')) * Number.parseFloat(root.fontSize);
}
