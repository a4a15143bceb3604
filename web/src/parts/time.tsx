import type { JSX } from 'react';
import { useSyncExternalStore } from 'react';
import { dateTime, relative } from '../words/format.ts';

const TICK_MS = 30_000;
const watchers = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

/** One clock for all times of the page: it ticks every 30 s, and only while somebody reads it. */
function watch(then: () => void): () => void {
  watchers.add(then);
  timer ??= window.setInterval(tick, TICK_MS);
  return () => {
    watchers.delete(then);
    if (watchers.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  if (document.hidden) return;
  now = Date.now();
  for (const watcher of watchers) watcher();
}

/** `3 h ago`, with the moment itself for who points at it or reads it aloud. */
export function Time({ at }: { readonly at: number }): JSX.Element {
  const current = useSyncExternalStore(watch, () => now);
  return (
    <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
      {relative(at, Math.max(current, at))}
    </time>
  );
}
