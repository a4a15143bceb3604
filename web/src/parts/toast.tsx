import type { JSX } from 'react';
import { useSyncExternalStore } from 'react';

const SHOWN_MS = 6_000;

let text = '';
let timer: number | undefined;
const watchers = new Set<() => void>();

/** One sentence, shown for six seconds and read aloud when whoever reads is done with the last. */
export function say(sentence: string): void {
  text = sentence;
  window.clearTimeout(timer);
  if (sentence !== '') timer = window.setTimeout(() => say(''), SHOWN_MS);
  for (const watcher of watchers) watcher();
}

function watch(then: () => void): () => void {
  watchers.add(then);
  return () => watchers.delete(then);
}

export function Toast(): JSX.Element {
  const sentence = useSyncExternalStore(watch, () => text);
  return (
    <output className="toast" aria-live="polite" data-shown={sentence !== ''}>
      {sentence}
    </output>
  );
}
