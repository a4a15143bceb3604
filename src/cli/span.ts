import { PortolanError } from '../base/errors.ts';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * `30m`, `8h`, `30d` in milliseconds.
 *
 * @throws PortolanError E_USAGE, naming the option
 */
export function spanOf(option: string, text: string): number {
  const [, digits, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (UNITS.get(unit) ?? Number.NaN);
  if (milliseconds > 0) return milliseconds;
  throw new PortolanError('E_USAGE', `${option} "${text}" is no time`, {
    remedy: `For example ${option} 30m, ${option} 8h or ${option} 30d`,
  });
}

/**
 * How long ago (`7d`), or a date (`2026-11-01`, `2026-11-01T12:00`), as an instant.
 *
 * @throws PortolanError E_USAGE, naming the option
 */
export function sinceOf(option: string, text: string, now: number): number {
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const moment = Date.parse(text);
    if (!Number.isNaN(moment)) return moment;
  } else if (/^\d{1,4}[mhd]$/.test(text)) return now - spanOf(option, text);
  throw new PortolanError('E_USAGE', `${option} "${text}" is no moment`, {
    remedy: `For example ${option} 2h, ${option} 7d or ${option} 2026-11-01`,
  });
}
