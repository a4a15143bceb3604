import { PortolanError } from '../base/errors.ts';

/** Decimal, as tcpdump(1) has -C. */
const UNITS: Readonly<Record<string, number>> = { MB: 1e6, GB: 1e9 };
const [LEAST, MOST] = [8e6, 100e9];

/** `64MB`, `2GB` → octets. @throws PortolanError E_USAGE */
export function parseSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,6})(MB|GB)$/i.exec(text) ?? [];
  const octets = Number(number) * (UNITS[unit.toUpperCase()] ?? Number.NaN);
  if (octets >= LEAST && octets <= MOST) return octets;
  throw new PortolanError('E_USAGE', `"${text}" is no size from 8MB to 100GB`, {
    remedy: 'Write megabytes or gigabytes: --keep-packets 64MB',
  });
}
