import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { pref } from './prefs.ts';

/** How long `g` waits for its second key. */
const CHORD_MS = 1_500;

const GOES: Readonly<Record<string, string>> = {
  o: '/',
  d: '/devices',
  s: '/services',
  f: '/flows',
  p: '/policy',
  a: '/alerts',
  r: '/reports',
};

/** Whether a key is meant for what has the focus, and no shortcut. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const { target } = event;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input:not([type=checkbox]), textarea, select, dialog, [role=menu]') !== null)
  );
}

interface KeyActions {
  readonly go: (path: string) => void;
  readonly search: () => void;
  readonly help: () => void;
}

/** Where a page has what can be done on it; the first of them gets the focus. */
const ACTIONS = ':is(.page-actions, .alert-actions) :is(button, a.button, select):not(:disabled)';

/** `/` searches, `?` explains, `.` comes to the actions, `g d` goes to the devices; none of them changes anything. */
export function useKeys(search: () => void, help: () => void): void {
  const [, go] = useLocation();
  const since = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (pref('keys') === 'off' || isTyping(event)) return;
      const follows = event.timeStamp - since.current < CHORD_MS;
      since.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (act(event.key, follows, { go, search, help })) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [go, search, help]);
}

function act(key: string, follows: boolean, { go, search, help }: KeyActions): boolean {
  const path = follows ? GOES[key] : undefined;
  if (path !== undefined) go(path);
  else if (key === '/') search();
  else if (key === '?') help();
  else if (key === '.') document.querySelector<HTMLElement>(`main ${ACTIONS}`)?.focus();
  else return false;
  return true;
}
