import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

/** A part of the page's address: the address is the whole state, so that it can be sent to somebody. */
export function useParam(name: string, usual = ''): [string, (value: string) => void] {
  const search = useSearch();
  const [path, go] = useLocation();
  const value = new URLSearchParams(search).get(name) ?? usual;
  const set = useCallback(
    (next: string) => {
      // Read when it is set, so that two set in a row do not undo each other.
      const params = new URLSearchParams(location.search);
      if (next === usual) params.delete(name);
      else params.set(name, next);
      const query = params.toString();
      go(query === '' ? path : `${path}?${query}`, { replace: true });
    },
    [go, name, path, usual],
  );
  return [value, set];
}
