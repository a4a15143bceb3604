import type { KeyboardEvent, RefObject } from 'react';
import { useEffect, useRef } from 'react';
import { pref } from '../prefs.ts';

const STEPS: Readonly<Record<string, number>> = {
  j: 1,
  k: -1,
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
};

interface RowKeys {
  readonly count: number;
  /** Brings a row into sight, and so into the document. */
  readonly show: (index: number) => void;
  readonly pick: (index: number) => void;
}

/** `j`, `k` and arrows go from row to row, `x` picks one; Enter is the row's own link. */
export function useRowKeys(
  scroller: RefObject<HTMLElement | null>,
  { count, show, pick }: RowKeys,
): (event: KeyboardEvent<HTMLElement>) => void {
  const wanted = useRef<number>(undefined);
  useEffect(() => {
    if (wanted.current === undefined) return;
    if (focusRow(scroller.current, wanted.current)) wanted.current = undefined;
  });
  return (event) => {
    if (isNoShortcut(event)) return;
    const at = indexOf(event.target);
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(count - 1, at + step));
      show(next);
      if (!focusRow(scroller.current, next)) wanted.current = next;
    } else if (event.key === 'x' && at >= 0) pick(at);
    else return;
    event.preventDefault();
  };
}

function isNoShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return pref('keys') === 'off' && event.key.length === 1;
}

function focusRow(scroller: HTMLElement | null, index: number): boolean {
  const target = scroller?.querySelector<HTMLElement>(`[data-index="${index}"] :is(a, button)`);
  target?.focus({ preventScroll: true });
  return target != null;
}

function indexOf(target: EventTarget): number {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return Number(row?.dataset['index'] ?? -1);
}

export function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}
