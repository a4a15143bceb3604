import { isoInstant } from './instant.ts';

/** RFC 3339 §5.6; seconds may be left out, a date alone is its first moment in UTC. */
const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?([Zz]|[+-]\d{2}:\d{2}))?$/;
const DAY = 86_400_000;
const MINUTE = 60_000;

/** `2026-12-01T10:00Z`, `2026-12-01T11:00+01:00`, `2026-12-01`; undefined for anything else. */
export function parseInstant(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetOf(match[8] ?? 'Z');
  if (offset === undefined) return undefined;
  const milliseconds = Number((match[7] ?? '0').padEnd(3, '0'));
  const clock = (hour * 60 + minute - offset) * MINUTE + second * 1000 + milliseconds;
  return daysSince1970(year, month, day) * DAY + clock;
}

/** Minutes east of Greenwich. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z' || zone === 'z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function daysOf(year: number, month: number): number {
  const next = month === 12 ? daysSince1970(year + 1, 1, 1) : daysSince1970(year, month + 1, 1);
  return next - daysSince1970(year, month, 1);
}

/** Civil date → days, proleptic Gregorian (howardhinnant.github.io/date_algorithms.html). */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** What `parseInstant` reads back to the millisecond. */
export function instantText(at: number): string {
  const rest = ((at % 1000) + 1000) % 1000;
  const iso = isoInstant(at);
  return rest === 0 ? iso : `${iso.slice(0, -1)}.${String(rest).padStart(3, '0')}Z`;
}
