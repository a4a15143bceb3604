import type { KeyboardEvent, RefObject } from 'react';
import { useEffect, useRef } from 'react';

export interface Place {
  readonly row: number;
  readonly column: number;
}

interface GridKeys {
  readonly scroller: RefObject<HTMLElement | null>;
  readonly active: Place;
  readonly rows: number;
  readonly columns: number;
  /** Brings a cell into sight and makes it the one with the focus. */
  readonly go: (place: Place) => void;
  readonly open: (place: Place) => void;
  readonly pick: (place: Place) => void;
}

const PAGE = 15;

type Move = (at: Place, last: Place) => Place;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: (at) => ({ ...at, row: at.row + 1 }),
  ArrowUp: (at) => ({ ...at, row: at.row - 1 }),
  ArrowRight: (at) => ({ ...at, column: at.column + 1 }),
  ArrowLeft: (at) => ({ ...at, column: at.column - 1 }),
  PageDown: (at) => ({ ...at, row: at.row + PAGE }),
  PageUp: (at) => ({ ...at, row: at.row - PAGE }),
  Home: (at) => ({ ...at, column: 0 }),
  End: (at, last) => ({ ...at, column: last.column }),
  'Control+Home': () => ({ row: 0, column: 0 }),
  'Control+End': (_at, last) => last,
};

/** Keys of a grid (WAI-ARIA APG): arrows, Home, End, Page; Enter opens, Space selects. */
export function useGridKeys(keys: GridKeys): (event: KeyboardEvent<HTMLElement>) => void {
  const { scroller, active, rows, columns, go, open, pick } = keys;
  const follows = useRef(false);
  useEffect(() => {
    if (!follows.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(
      `[data-at="${active.row}:${active.column}"]`,
    );
    if (cell == null) return;
    follows.current = false;
    cell.focus({ preventScroll: true });
  });
  return (event) => {
    if (placeOf(event.target) === undefined) return;
    const move = MOVES[`${event.ctrlKey ? 'Control+' : ''}${event.key}`];
    if (move !== undefined) {
      follows.current = true;
      go(within(move(active, { row: rows - 1, column: columns - 1 }), rows, columns));
    } else if (event.key === 'Enter') open(active);
    else if (event.key === ' ') pick(active);
    else return;
    event.preventDefault();
  };
}

/** Which cell an event is about. */
export function placeOf(target: EventTarget): Place | undefined {
  if (!(target instanceof HTMLElement)) return undefined;
  const [row, column] = (target.dataset['at'] ?? '').split(':').map(Number);
  return row === undefined || column === undefined ? undefined : { row, column };
}

function within({ row, column }: Place, rows: number, columns: number): Place {
  return {
    row: Math.max(0, Math.min(rows - 1, row)),
    column: Math.max(0, Math.min(columns - 1, column)),
  };
}
