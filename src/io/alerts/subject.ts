import type { Names } from '../../alerts/names.ts';
import type { Signal } from '../../model/alert.ts';
import { displayFilter } from '../capture/display-filter.ts';
import type { SliceSubject } from '../capture/slice.ts';

/** Whose packets they are, for `displayFilter` and for a slice. */
export function subjectOfAlert({ devices, port, transport }: Signal, names: Names): SliceSubject {
  const keys = devices.slice(0, 8);
  const known = keys.flatMap((key) => names.device(key) ?? []);
  const own = keys.filter((key) => names.device(key) === undefined);
  return {
    addresses: [...known.flatMap(({ addresses }) => addresses), ...own.filter(isAddress)],
    macs: [...known.flatMap(({ macs }) => macs), ...own.filter(isMac)],
    ...(port === undefined || transport === undefined ? {} : { port, transport }),
  };
}

export function wiresharkFilter(signal: Signal, names: Names): string {
  return displayFilter(subjectOfAlert(signal, names));
}

function isMac(text: string): boolean {
  return /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text);
}

function isAddress(text: string): boolean {
  return !isMac(text) && /^[0-9a-f:.%\w]+$/.test(text) && /[.:]/.test(text);
}
