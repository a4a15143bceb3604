import type { JSX } from 'react';
import { useSyncExternalStore } from 'react';
import { inEnglish } from '../words/index.ts';

const SHOWN_MS = 6_000;

interface Said {
  readonly sentence: string;
  /** What the server said, in its own words. */
  readonly theirs: string;
}

let said: Said = { sentence: '', theirs: '' };
let timer: number | undefined;
const watchers = new Set<() => void>();

/** One sentence, shown for six seconds and read aloud when whoever reads is done with the last. */
export function say(sentence: string, theirs = ''): void {
  said = { sentence, theirs };
  window.clearTimeout(timer);
  if (sentence !== '' || theirs !== '') timer = window.setTimeout(() => say(''), SHOWN_MS);
  for (const watcher of watchers) watcher();
}

function watch(then: () => void): () => void {
  watchers.add(then);
  return () => watchers.delete(then);
}

export function Toast(): JSX.Element {
  const { sentence, theirs } = useSyncExternalStore(watch, () => said);
  return (
    <output className="toast" aria-live="polite" data-shown={sentence !== '' || theirs !== ''}>
      {sentence} {theirs !== '' && <span {...inEnglish}>{theirs}</span>}
    </output>
  );
}
