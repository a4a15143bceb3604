import type { JSX, RefObject } from 'react';
import { useEffect, useMemo, useReducer, useRef } from 'react';
import type { Pages } from '../api/pages.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';

const t = words(en, de);

interface Steady<Row> {
  readonly pages: Pages<Row>;
  /** Rows that came, went or moved are kept back. */
  readonly isHeld: boolean;
  readonly show: () => void;
}

interface Shown<Row> {
  readonly question: string;
  readonly fetched: number;
  readonly items: readonly Row[];
  readonly total: number;
}

/**
 * What somebody points at, or has the focus in, stays where it is: what is in its rows is always the
 * newest, and which rows there are waits until they let go or ask for it.
 */
export function useSteady<Row>(
  pages: Pages<Row>,
  rowKey: (row: Row) => string,
  area: RefObject<HTMLElement | null>,
): Steady<Row> {
  const [turn, again] = useReducer((count: number) => count + 1, 0);
  const shown = useRef<Shown<Row>>(pages);
  useEffect(() => {
    const element = area.current;
    const look = (): void => {
      if (shown.current.items.length > 0 && !isUsed(element)) again();
    };
    // The focus has arrived where it goes only after this event.
    const later = (): void => void window.setTimeout(look);
    element?.addEventListener('pointerleave', look);
    element?.addEventListener('focusout', later);
    return () => {
      element?.removeEventListener('pointerleave', look);
      element?.removeEventListener('focusout', later);
    };
  }, [area]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` says that it is no longer used
  const items = useMemo(() => {
    // Rows of the former question are no answer to hold on to.
    if (pages.isOld) return pages.items;
    const { question, fetched } = shown.current;
    const isSameList = question === pages.question && fetched === pages.fetched;
    const kept =
      isSameList && isUsed(area.current)
        ? inPlace(shown.current.items, pages.items, rowKey)
        : pages.items;
    shown.current = kept === pages.items ? pages : { ...shown.current, items: kept };
    return kept;
  }, [pages.items, pages.question, pages.fetched, pages.isOld, turn]);
  const isHeld = items !== pages.items;
  return {
    pages: isHeld ? { ...pages, items, total: shown.current.total } : pages,
    isHeld,
    show: () => {
      shown.current = { ...shown.current, question: '' };
      again();
    },
  };
}

function isUsed(area: HTMLElement | null): boolean {
  return area !== null && (area.matches(':hover') || area.contains(document.activeElement));
}

/** The former rows in their former order with what is known of them now; `next` itself where nothing moved. */
function inPlace<Row>(
  former: readonly Row[],
  next: readonly Row[],
  rowKey: (row: Row) => string,
): readonly Row[] {
  if (former.length === next.length && former.every((row, at) => isAt(row, next[at], rowKey))) {
    return next;
  }
  const now = new Map(next.map((row) => [rowKey(row), row]));
  return former.map((row) => now.get(rowKey(row)) ?? row);
}

function isAt<Row>(row: Row, other: Row | undefined, rowKey: (row: Row) => string): boolean {
  return other !== undefined && rowKey(row) === rowKey(other);
}

/** Says that there is news, on top of the list, so that nothing moves by it. */
export function News({ onShow }: { readonly onShow: () => void }): JSX.Element {
  return (
    <p className="news" role="status">
      {t.changedBelow}
      <Button small onClick={onShow}>
        {t.showChanges}
      </Button>
    </p>
  );
}
