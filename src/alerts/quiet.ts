import type { Instant } from '../model/core.ts';

/** Hours of the day in which only what is critical is told; the rest is told when they are over. */
export interface QuietHours {
  /** Minutes of the local day; `from` after `to` goes over midnight. */
  readonly from: number;
  readonly to: number;
}

/**
 * Minute of the local day, from 0, at an instant: the shell knows the time zone and its summer time,
 * this folder does not.
 */
export type LocalMinute = (at: Instant) => number;

const DAY = 1440;

/** `from` itself is quiet and `to` is not; the same twice is never. */
export function isQuiet(hours: QuietHours | undefined, minute: number): boolean {
  if (hours === undefined) return false;
  const length = (hours.to - hours.from + DAY) % DAY;
  return (minute - hours.from + DAY) % DAY < length;
}

/** `22:30` → 1350; undefined for what is no time of day. */
export function minuteOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
}

/** `22:00-07:00`; undefined for what is no span of the day. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const [first = '', last = '', ...more] = text.split('-');
  const [from, to] = [minuteOfDay(first.trim()), minuteOfDay(last.trim())];
  return from === undefined || to === undefined || more.length > 0 ? undefined : { from, to };
}
