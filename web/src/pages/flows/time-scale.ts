const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps in which people count time. */
const STEPS = [
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

export interface TimeScale {
  readonly from: number;
  readonly to: number;
  /** @returns 0 to 1 */
  at(moment: number): number;
  readonly ticks: readonly number[];
  /** Whether ticks are days rather than times of a day. */
  readonly daily: boolean;
}

/** @param most ticks that there is room for */
export function timeScale(from: number, to: number, most: number): TimeScale {
  const span = Math.max(MINUTE, to - from);
  const step = STEPS.find((one) => span / one <= most) ?? Math.ceil(span / most / DAY) * DAY;
  // Ticks fall on whole hours and days of the person who looks.
  const offset = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const ticks: number[] = [];
  for (let tick = first; tick <= from + span; tick += step) ticks.push(tick);
  return {
    from,
    to: from + span,
    at: (moment) => Math.min(1, Math.max(0, (moment - from) / span)),
    ticks,
    daily: step >= DAY,
  };
}
