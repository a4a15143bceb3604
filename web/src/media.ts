import { useSyncExternalStore } from 'react';

/** Where a table has no room: it becomes a list. */
export const NARROW = '(max-width: 700px)';

/** Where a table of many columns has no room: its rows become lines. */
export const FOLDED = '(max-width: 900px)';

/** Where nobody writes more than a word. A screen at 200 % is wider: there nothing may be missing. */
export const TELEPHONE = '(max-width: 480px)';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (then) => {
      const list = matchMedia(query);
      list.addEventListener('change', then);
      return () => list.removeEventListener('change', then);
    },
    () => matchMedia(query).matches,
  );
}
