import { locale } from './index.ts';

const whole = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' });
const list = new Intl.ListFormat(locale, { type: 'conjunction' });

export const number = (value: number): string => whole.format(value);
export const date = (at: number): string => day.format(at);
export const dateTime = (at: number): string => moment.format(at);
export const hour = (at: number): string => clock.format(at);
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

/** `3 h ago`; of the largest unit that fits. */
export function relative(at: number, now: number): string {
  const distance = at - now;
  const [unit, length] =
    STEPS.find(([, size]) => Math.abs(distance) >= size) ?? (['second', 1_000] as const);
  return ago.format(Math.trunc(distance / length), unit);
}

/** `31 h`, `45 s`: how long, for countdowns and spans. */
export function span(milliseconds: number): string {
  const [unit, length] =
    STEPS.find(([, size]) => milliseconds >= size) ?? (['second', 1_000] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(milliseconds / length),
  );
}
