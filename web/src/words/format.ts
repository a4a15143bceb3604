import { locale } from './index.ts';

const whole = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const time = { hour: '2-digit', minute: '2-digit' } as const;
const zone = { timeZoneName: 'short' } as const;
const moment = new Intl.DateTimeFormat(locale, {
  ...{ year: 'numeric', month: 'short', day: 'numeric' },
  ...{ ...time, second: '2-digit', ...zone },
});
const clock = new Intl.DateTimeFormat(locale, time);
const seconds = new Intl.DateTimeFormat(locale, { ...time, second: '2-digit' });
const zoned = new Intl.DateTimeFormat(locale, { ...time, ...zone });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'short' });
const soon = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
const list = new Intl.ListFormat(locale, { type: 'conjunction' });

export const number = (value: number): string => whole.format(value);
export const date = (at: number): string => day.format(at);
/** With its zone: what is copied into a report is read elsewhere. */
export const dateTime = (at: number): string => moment.format(at);
/** `02:14:07`, where date and zone are said beside it. */
export const toSecond = (at: number): string => seconds.format(at);
/** On an axis, whose zone is said beside it. */
export const hour = (at: number): string => clock.format(at);
/** `CET`, as it was then. */
export const zoneOf = (at: number): string =>
  zoned.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
/** `03:16 CET` */
export const hourInZone = (at: number): string => zoned.format(at);
export const dayName = (at: number): string => weekday.format(at);
export const all = (items: readonly string[]): string => list.format(items);

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Decimal multiples, as networks count: `2.1 GB`. */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), UNITS.length - 1);
  return `${short.format(value / 1000 ** power)}\u00a0${UNITS[power]}`;
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `3 h ago`, of the largest unit that fits; `now`. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  if (Math.abs(distance) < 1_000) return soon.format(0, 'second');
  const [unit, length] =
    STEPS.find(([, size]) => Math.abs(distance) >= size) ?? (['second', 1_000] as const);
  return ago.format(Math.trunc(distance / length), unit);
}

/** `31 hours`, `45 seconds`: how long, for countdowns and spans. */
export function span(milliseconds: number): string {
  const [unit, length] =
    STEPS.find(([, size]) => milliseconds >= size) ?? (['second', 1_000] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
    Math.floor(milliseconds / length),
  );
}
