import { useSyncExternalStore } from 'react';

/** Where a table has no room: it becomes a list. */
export const NARROW = '(max-width: 700px)';

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
