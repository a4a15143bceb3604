import { useSyncExternalStore } from 'react';

/** A list as somebody likes to look at it: everything of it is in its address. */
export interface SavedView {
  /** Of the page, below the dashboard's own address: `/devices`. */
  readonly path: string;
  readonly name: string;
  /** With filter, order and grouping: `filter=zone+%3D+iot&sort=name`. */
  readonly search: string;
}

const KEY = 'portolan.views';
/** More than anybody names; a browser keeps 5 MB for all of a site. */
const MOST = 200;

const watchers = new Set<() => void>();
let kept = localStorage.getItem(KEY);
let views = parsed(kept);

/** The views of a page that this browser keeps, by name. */
export function useSavedViews(path: string): readonly SavedView[] {
  const all = useSyncExternalStore(watch, current);
  return all.filter((view) => view.path === path);
}

/** One of the same name on the same page is replaced. */
export function saveView(view: SavedView): void {
  const others = current().filter((one) => !isSame(one, view));
  keep([...others, view].toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, MOST));
}

export function forgetView(view: SavedView): void {
  keep(current().filter((one) => !isSame(one, view)));
}

function isSame(a: SavedView, b: SavedView): boolean {
  return a.path === b.path && a.name === b.name;
}

function keep(next: readonly SavedView[]): void {
  localStorage.setItem(KEY, JSON.stringify(next));
  for (const watcher of watchers) watcher();
}

/** The same array as long as nothing changed, also in another window of the browser. */
function current(): readonly SavedView[] {
  const now = localStorage.getItem(KEY);
  if (now !== kept) {
    kept = now;
    views = parsed(now);
  }
  return views;
}

function parsed(text: string | null): readonly SavedView[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false;
  const { path, name, search }: Partial<Record<keyof SavedView, unknown>> = value;
  return [path, name, search].every((part) => typeof part === 'string');
}

function watch(then: () => void): () => void {
  watchers.add(then);
  window.addEventListener('storage', then);
  return () => {
    watchers.delete(then);
    window.removeEventListener('storage', then);
  };
}
