/** Days from 1970-01-01 → civil date, proleptic Gregorian (howardhinnant.github.io/date_algorithms.html). */
function civil(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

const DAY = 86_400_000;
/** What JavaScript's own dates can hold (ECMA-262 §21.4.1.1); a certificate may claim anything. */
const FARTHEST = 8.64e15;

/**
 * `2026-11-25T14:03:07Z` (RFC 3339), without a clock and without a time zone: for the pure parts,
 * which have no `Date`. Anything that is no instant gives an empty text.
 */
export function isoInstant(at: number): string {
  if (!(Math.abs(at) <= FARTHEST)) return '';
  const days = Math.floor(at / DAY);
  const { year, month, day } = civil(days);
  const seconds = Math.floor((at - days * DAY) / 1000);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  return `${date}T${clock.map(two).join(':')}Z`;
}

/** `2026-11-25 14:03 UTC`: for people. */
export function utcText(at: number): string {
  const iso = isoInstant(at);
  return iso === '' ? '' : `${iso.slice(0, -4).replace('T', ' ')} UTC`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
