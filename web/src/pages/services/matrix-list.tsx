import { useVirtualizer } from '@tanstack/react-virtual';
import type { JSX } from 'react';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { MatrixRow } from '../../../../src/model/api/site.ts';
import { Verdict } from '../../parts/verdict.tsx';
import { services as de } from '../../words/de/services.ts';
import { services as en } from '../../words/en/services.ts';
import { words } from '../../words/index.ts';
import type { Picks } from './cells.ts';
import { canPick, glyph, pickKey, portOf, protocolOf, togglePick } from './cells.ts';
import type { Matrix } from './use-matrix.ts';

const t = words(en, de);

interface MatrixListProps {
  readonly matrix: Matrix;
  readonly picks: Picks;
  readonly onPick: (picks: Picks) => void;
}

/** The matrix where there is no room for one: each device with its ports. */
export function MatrixList({ matrix, picks, onPick }: MatrixListProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: matrix.total,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => 52 + 34 * (matrix.row(index)?.cells.length ?? 3),
    overscan: 2,
  });
  const shown = virtual.getVirtualItems();
  const from = shown[0]?.index ?? 0;
  const to = shown.at(-1)?.index ?? 0;
  useEffect(() => matrix.look(from, to));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys (WCAG 2.1.1)
    <section className="matrix-list" ref={scroller} tabIndex={0} aria-label={t.grid}>
      <ul style={{ blockSize: virtual.getTotalSize() }}>
        {shown.map(({ index, start }) => {
          const row = matrix.row(index);
          return (
            <li
              key={index}
              data-index={index}
              ref={virtual.measureElement}
              style={{ insetBlockStart: start }}
              aria-posinset={index + 1}
              aria-setsize={matrix.total}
            >
              {row === undefined ? (
                <span className="awaited">…</span>
              ) : (
                <Device row={row} matrix={matrix} picks={picks} onPick={onPick} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Device({
  row,
  matrix,
  picks,
  onPick,
}: MatrixListProps & { readonly row: MatrixRow }): JSX.Element {
  return (
    <>
      <h2>
        <Link href={`/devices/${encodeURIComponent(row.device.id)}`}>{row.device.name}</Link>{' '}
        <span className="soft">{row.zone}</span>
      </h2>
      <ul>
        {row.cells.map((cell) => {
          const column = matrix.columns[cell.column];
          if (column === undefined) return null;
          const what = t.cell(row.device.name, protocolOf(cell.protocol), portOf(column));
          return (
            <li key={cell.column} className="matrix-port">
              <label>
                <input
                  type="checkbox"
                  aria-label={t.select(what)}
                  disabled={!canPick(cell)}
                  checked={picks.has(pickKey(row.device.id, column))}
                  onChange={() => onPick(togglePick(picks, row, column))}
                />
              </label>
              <span aria-hidden="true" className="matrix-glyph">
                {glyph(cell, 'exposure')}
              </span>
              <span>
                {protocolOf(cell.protocol)} <span className="soft">{portOf(column)}</span>
              </span>
              <Verdict verdict={cell.verdict} />
            </li>
          );
        })}
      </ul>
    </>
  );
}
