import { useState } from 'react';
import type { Column } from './data-table.tsx';
import type { MenuItem } from './menu.tsx';

/** A column, and whether one sees it before one has chosen. */
export interface Choosable<Row> extends Column<Row> {
  readonly usual?: boolean;
}

/** The columns that somebody chose for a table, kept in the browser, and the menu to choose them with. */
export function useColumns<Row>(
  table: string,
  all: readonly Choosable<Row>[],
): { readonly columns: readonly Column<Row>[]; readonly menu: readonly MenuItem[] } {
  const key = `portolan.columns.${table}`;
  const [chosen, setChosen] = useState(() => {
    const kept = localStorage.getItem(key);
    const usual = all.filter((column) => column.usual !== false).map(({ id }) => id);
    return new Set(kept === null ? usual : kept.split(' '));
  });
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    localStorage.setItem(key, [...next].join(' '));
    setChosen(next);
  };
  const [first, ...others] = all;
  return {
    columns: all.filter((column) => column === first || chosen.has(column.id)),
    menu: others.map(({ id, head }) => ({
      label: head,
      checked: chosen.has(id),
      run: () => toggle(id),
    })),
  };
}
