import { setFlagsFromString } from 'node:v8';

/** Of what lives after a collection; V8 waits for about 100. */
const GROWTH_PERCENT = 20;
/** What is young stays in the 2 MiB that V8 begins with; left to itself V8 doubles them up to 32. */
const YOUNG_GROWTH_FACTOR = 1;
/** Major version of the V8 in Node 20: an engine that does not know the flag complains on stderr. */
const TRIED_WITH = '11.';

/**
 * Has garbage collected sooner. A scan waits more than it works, and what waits is old when it is
 * dropped: left to itself V8 lets a heap of 28 MiB grow to 60 before it looks. Measured with 250
 * devices (`bench/memory`): 123 MiB of resident size at most instead of 151, in the same time.
 *
 * V8 reads these settings at each collection: the sooner in a process, the less has grown before.
 */
export function keepHeapLean(): void {
  if (!process.versions.v8.startsWith(TRIED_WITH)) return;
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString(`--semi-space-growth-factor=${YOUNG_GROWTH_FACTOR}`);
}
