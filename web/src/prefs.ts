import { useSyncExternalStore } from 'react';

/** What a person likes, kept in the browser; none of it changes what is said. */
export interface Prefs {
  readonly theme: 'system' | 'light' | 'dark';
  readonly language: 'system' | 'en' | 'de';
  /** `simple`: words and the few columns that matter; `detailed`: numbers and all of them. */
  readonly detail: 'simple' | 'detailed';
  readonly density: 'normal' | 'compact';
  /** Single keys as shortcuts (WCAG 2.1.4: they can be turned off). */
  readonly keys: 'on' | 'off';
  /** Long lists scroll, or come as pages: screen readers differ in what they make of the former. */
  readonly lists: 'scroll' | 'pages';
  /** How far back recorded traffic is looked at, on every page that has some. */
  readonly since: '14d' | '1d' | '7d' | '30d' | '90d';
}

const CHOICES: { readonly [K in keyof Prefs]: readonly [Prefs[K], ...Prefs[K][]] } = {
  theme: ['system', 'light', 'dark'],
  language: ['system', 'en', 'de'],
  detail: ['detailed', 'simple'],
  density: ['normal', 'compact'],
  keys: ['on', 'off'],
  lists: ['scroll', 'pages'],
  since: ['14d', '1d', '7d', '30d', '90d'],
};

const watchers = new Set<() => void>();
const key = (name: string): string => `portolan.${name}`;

export function choices<K extends keyof Prefs>(name: K): readonly Prefs[K][] {
  return CHOICES[name];
}

export function pref<K extends keyof Prefs>(name: K): Prefs[K] {
  const kept = localStorage.getItem(key(name));
  return CHOICES[name].find((choice) => choice === kept) ?? CHOICES[name][0];
}

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]): void {
  localStorage.setItem(key(name), value);
  applyPrefs();
  for (const watcher of watchers) watcher();
  // Words are chosen once, when a page's code is loaded.
  if (name === 'language') location.reload();
}

export function usePref<K extends keyof Prefs>(name: K): Prefs[K] {
  return useSyncExternalStore(watch, () => pref(name));
}

/** Tells the style sheets. */
export function applyPrefs(): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = pref('theme');
  dataset['density'] = pref('density');
}

function watch(then: () => void): () => void {
  watchers.add(then);
  window.addEventListener('storage', then);
  return () => {
    watchers.delete(then);
    window.removeEventListener('storage', then);
  };
}
