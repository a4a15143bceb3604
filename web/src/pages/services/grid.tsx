import { useVirtualizer } from '@tanstack/react-virtual';
import type { JSX } from 'react';
import { memo, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { MatrixColumn, MatrixRow } from '../../../../src/model/api/site.ts';
import { services as de } from '../../words/de/services.ts';
import { services as en } from '../../words/en/services.ts';
import { words } from '../../words/index.ts';
import type { Picks, Show } from './cells.ts';
import { canPick, glyph, pickKey, portOf, protocolOf, spoken, togglePick } from './cells.ts';
import type { Place } from './grid-keys.ts';
import { placeOf, useGridKeys } from './grid-keys.ts';
import type { Matrix } from './use-matrix.ts';

const t = words(en, de);

/** Pixels: of the device's name, of a port, of the head, of a row. */
const NAME = 208;
const PORT = 76;
const HEAD = 48;
const ROW = 32;

interface GridProps {
  readonly matrix: Matrix;
  readonly show: Show;
  readonly picks: Picks;
  readonly onPick: (picks: Picks) => void;
  readonly onOpen: (row: MatrixRow, column: MatrixColumn) => void;
}

/**
 * The ledger at a glance: a row a device, a column a port. Only what is in sight is in the document, in
 * both directions; one cell has the focus, and arrows move it (WAI-ARIA APG, grid).
 */
export function Grid({ matrix, show, picks, onPick, onOpen }: GridProps): JSX.Element {
  const { columns, total } = matrix;
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 2,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => PORT,
    overscan: 1,
    scrollMargin: NAME,
    scrollPaddingStart: NAME,
  });
  const shown = rows.getVirtualItems();
  const ports = across.getVirtualItems();
  const from = shown[0]?.index ?? 0;
  const to = shown.at(-1)?.index ?? 0;
  useEffect(() => matrix.look(from, to));
  const onCell = (
    place: Place | undefined,
    act: (row: MatrixRow, column: number) => void,
  ): void => {
    const row = place && matrix.row(place.row);
    if (row !== undefined) act(row, place?.column ?? 0);
  };
  const openAt = (row: MatrixRow, at: number): void => {
    const column = columns[at];
    if (column !== undefined) onOpen(row, column);
  };
  const pickAt = (row: MatrixRow, at: number): void => {
    const column = columns[at];
    if (column !== undefined && canPick(matrix.cell(row, at))) {
      onPick(togglePick(picks, row, column));
    }
  };
  const onKeyDown = useGridKeys({
    scroller,
    active,
    rows: total,
    columns: columns.length,
    go: (place) => {
      rows.scrollToIndex(place.row);
      across.scrollToIndex(place.column);
      setActive(place);
    },
    open: (place) => onCell(place, openAt),
    pick: (place) => onCell(place, pickAt),
  });
  const isInSight =
    shown.some(({ index }) => index === active.row) &&
    ports.some(({ index }) => index === active.column);
  const stop = isInSight ? active : { row: from, column: ports[0]?.index ?? 0 };
  const width = NAME + across.getTotalSize();
  return (
    <div className="matrix" ref={scroller}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: WAI-ARIA APG, grid
        role="grid"
        aria-label={t.grid}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        aria-describedby="matrix-keys"
        data-old={matrix.isOld}
        style={{ minInlineSize: width }}
        onKeyDown={onKeyDown}
        onClick={(event) => onCell(placeOf(event.target), pickAt)}
        onDoubleClick={(event) => onCell(placeOf(event.target), openAt)}
      >
        <GridHead ports={ports} columns={columns} />
        <tbody style={{ blockSize: rows.getTotalSize() }}>
          {shown.map(({ index, start }) => (
            <GridRow
              key={index}
              matrix={matrix}
              index={index}
              top={start - HEAD}
              ports={ports}
              show={show}
              picks={picks}
              stop={stop}
              onFocus={setActive}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Columns in sight, and where they are. */
type Ports = readonly { readonly index: number; readonly start: number }[];

interface GridHeadProps {
  readonly ports: Ports;
  readonly columns: readonly MatrixColumn[];
}

function GridHead({ ports, columns }: GridHeadProps): JSX.Element {
  return (
    <thead>
      <tr aria-rowindex={1} style={{ blockSize: HEAD }}>
        <th scope="col" aria-colindex={1} className="matrix-corner" style={{ inlineSize: NAME }}>
          {t.device}
        </th>
        {ports.map(({ index, start }) => (
          <PortHead key={index} index={index} left={start} column={columns[index]} />
        ))}
      </tr>
    </thead>
  );
}

interface GridRowProps {
  readonly matrix: Matrix;
  readonly index: number;
  readonly top: number;
  readonly ports: Ports;
  readonly show: Show;
  readonly picks: Picks;
  /** The cell that the tab key comes to. */
  readonly stop: Place;
  readonly onFocus: (place: Place) => void;
}

/** Scrolling moves rows, and makes none anew that is the same. */
const GridRow = memo(PlainRow);

function PlainRow(props: GridRowProps): JSX.Element {
  const { matrix, index, top, ports, show, picks, stop, onFocus } = props;
  const row = matrix.row(index);
  return (
    <tr aria-rowindex={index + 2} style={{ insetBlockStart: top, blockSize: ROW }}>
      <th scope="row" aria-colindex={1} style={{ inlineSize: NAME }}>
        {row === undefined ? (
          <span className="awaited">…</span>
        ) : (
          <Link href={`/devices/${encodeURIComponent(row.device.id)}`} title={row.device.name}>
            {row.device.name}
          </Link>
        )}
        {row !== undefined && <span className="soft matrix-zone">{row.zone}</span>}
      </th>
      {row !== undefined &&
        ports.map(({ index: at, start }) => {
          const column = matrix.columns[at];
          if (column === undefined) return null;
          const cell = matrix.cell(row, at);
          const key = pickKey(row.device.id, column);
          return (
            <td
              key={at}
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: WAI-ARIA APG, grid
              role="gridcell"
              aria-colindex={at + 2}
              aria-label={spoken(row, column, cell)}
              aria-selected={canPick(cell) ? picks.has(key) : undefined}
              title={cell?.advice}
              tabIndex={stop.row === index && stop.column === at ? 0 : -1}
              data-at={`${index}:${at}`}
              data-verdict={cell?.verdict}
              style={{ insetInlineStart: start, inlineSize: PORT }}
              onFocus={() => onFocus({ row: index, column: at })}
            >
              {glyph(cell, show)}
            </td>
          );
        })}
    </tr>
  );
}

interface PortHeadProps {
  readonly index: number;
  readonly left: number;
  readonly column: MatrixColumn | undefined;
}

/** A port, and what is usually there: no number without its meaning. */
function PortHead({ index, left, column }: PortHeadProps): JSX.Element | null {
  if (column === undefined) return null;
  const title = t.column(protocolOf(column.usual), portOf(column), column.devices);
  return (
    <th
      scope="col"
      aria-colindex={index + 2}
      title={title}
      style={{ insetInlineStart: left, inlineSize: PORT }}
    >
      <span>
        {column.port}
        {column.transport === 'udp' && <small className="soft">/udp</small>}
      </span>
      <span className="soft matrix-usual">{protocolOf(column.usual)}</span>
    </th>
  );
}
