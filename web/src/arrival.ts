import type { RefObject } from 'react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

/** A tab of the browser is called what the page's heading says, also while only an error is shown. */
export function useTitle(product: string): void {
  useEffect(() => {
    const name = (): void => {
      const heading = document.querySelector('main h1')?.textContent ?? '';
      const title = heading === '' ? product : `${heading} · ${product}`;
      if (document.title !== title) document.title = title;
    };
    name();
    const observer = new MutationObserver(name);
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
    return () => observer.disconnect();
  }, [product]);
}

/**
 * Whoever goes to another page begins at its top: what had the focus is gone with the page before, and
 * a screen reader would go on from nowhere (WCAG 2.4.3). Back and forward keep the browser's place.
 */
export function useArrival(main: RefObject<HTMLElement | null>): void {
  const [path] = useLocation();
  const before = useRef(path);
  const isBack = useRef(false);
  useEffect(() => {
    const onBack = (): void => {
      isBack.current = true;
    };
    window.addEventListener('popstate', onBack);
    return () => window.removeEventListener('popstate', onBack);
  }, []);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    if (!isBack.current) window.scrollTo(0, 0);
    isBack.current = false;
  }, [main, path]);
}
