/** Alert range of the Monitoring Plugins guidelines ("Threshold and ranges"): `[@]start:end`. */
export interface Range {
  /** As it was typed: it stands in the figures. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** `@`: alert inside, the ends included; without it outside. */
  readonly inside: boolean;
}

const NUMBER = /^-?(\d{1,15}|\d{0,15}\.\d{1,6})$/;

/** Undefined for what is none: `start` must not be above `end`. */
export function parseRange(text: string): Range | undefined {
  const inside = text.startsWith('@');
  const parts = (inside ? text.slice(1) : text).split(':');
  if (parts.length > 2) return undefined;
  // One number is the end, and the start is 0 then.
  const [start, end] = parts.length === 1 ? ['0', parts[0]] : parts;
  const from = start === '~' ? Number.NEGATIVE_INFINITY : bound(start, 0);
  const to = bound(end, parts.length === 2 ? Number.POSITIVE_INFINITY : undefined);
  if (from === undefined || to === undefined || from > to) return undefined;
  return { text, from, to, inside };
}

function bound(text: string | undefined, absent: number | undefined): number | undefined {
  if (text === undefined || text === '') return absent;
  return NUMBER.test(text) ? Number(text) : undefined;
}

export function isAlert({ from, to, inside }: Range, value: number): boolean {
  const isWithin = value >= from && value <= to;
  return inside ? isWithin : !isWithin;
}
