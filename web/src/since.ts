import { useEffect } from 'react';
import { useParam } from './address.ts';
import { choices, setPref, usePref } from './prefs.ts';

/** What the API takes where nothing is said. */
const USUAL = '14d';

/**
 * How far back one looks at recorded traffic: one answer for all pages. The address has it, so that a
 * link shows the same to somebody else, and the browser keeps it for the next page.
 */
export function useSince(): readonly [since: string, set: (since: string) => void] {
  const kept = usePref('since');
  const [wish, setWish] = useParam('since');
  const since = wish === '' ? kept : wish;
  useEffect(() => {
    if (wish === '' && kept !== USUAL) setWish(kept);
  }, [wish, kept, setWish]);
  const set = (next: string): void => {
    const choice = choices('since').find((one) => one === next);
    if (choice !== undefined) setPref('since', choice);
    setWish(next);
  };
  return [since, set];
}
