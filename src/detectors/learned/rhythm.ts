/**
 * How much like a clock a row of instants is, 0 to 1, as RITA 5 has it (github.com/activecm/rita,
 * analysis/beacons.go): intervals that lie evenly about their median (Bowley's skewness, 1901), and
 * close to it (median absolute deviation).
 */
export function regularity(instants: readonly number[]): number {
  const intervals = intervalsOf(instants);
  if (intervals.length < 3) return 0;
  return (1 - Math.abs(skewness(intervals)) + 1 - deviation(intervals)) / 2;
}

/** Of sizes: 1 where all are alike. */
export function uniformity(sizes: readonly number[]): number {
  const sorted = [...sizes].sort(ascending);
  if (sorted.length < 3) return 0;
  return 1 - deviation(sorted);
}

/**
 * The last of the instants, back to the last pause that is five times as long as the intervals are: who
 * looks at three films has three rhythms, not one.
 */
export function lastRun(instants: readonly number[]): readonly number[] {
  const pause = periodOf(instants) * 5;
  for (let index = instants.length - 1; index > 0; index -= 1) {
    if ((instants[index] ?? 0) - (instants[index - 1] ?? 0) > pause) return instants.slice(index);
  }
  return instants;
}

/** Median of the intervals. */
export function periodOf(instants: readonly number[]): number {
  return quantile(intervalsOf(instants), 0.5);
}

/**
 * Share of equal parts of the time in which something was done, as many parts as would hold three
 * each: people come in bursts and leave holes.
 */
export function coverage(instants: readonly number[]): number {
  const [first = 0] = instants;
  const last = instants.at(-1) ?? 0;
  const parts = Math.max(2, Math.floor(instants.length / 3));
  const hit = new Set(
    instants.map((at) =>
      Math.min(parts - 1, Math.floor(((at - first) / (last - first + 1)) * parts)),
    ),
  );
  return hit.size / parts;
}

export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function intervalsOf(instants: readonly number[]): readonly number[] {
  return instants
    .slice(1)
    .map((at, index) => at - (instants[index] ?? at))
    .filter((interval) => interval > 0)
    .sort(ascending);
}

/** Bowley: 0 where the quartiles lie evenly about the median. */
function skewness(sorted: readonly number[]): number {
  const [low, middle, high] = [
    quantile(sorted, 0.25),
    quantile(sorted, 0.5),
    quantile(sorted, 0.75),
  ];
  // Where nearly all are alike there is no skew to speak of.
  if (high - low < middle * 0.02) return 0;
  return (low + high - 2 * middle) / (high - low);
}

/** Median absolute deviation as a share of the median, at most 1. */
function deviation(sorted: readonly number[]): number {
  const middle = quantile(sorted, 0.5);
  if (middle <= 0) return 1;
  const off = sorted.map((value) => Math.abs(value - middle)).sort(ascending);
  return Math.min(1, quantile(off, 0.5) / middle);
}

function ascending(one: number, other: number): number {
  return one - other;
}
