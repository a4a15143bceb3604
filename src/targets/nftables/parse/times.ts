import type { Instant } from '../../../model/core.ts';

/** The instant at which a condition turns: it holds before, or from then on. */
export interface Turn {
  readonly at: Instant;
  readonly isBefore: boolean;
}

/**
 * `meta time < 1764100800`: seconds since 1970, as we write it and keep it. Undefined for anything
 * else, as for the text that nft prints: it is of a time zone that nobody knows.
 */
export function turnOf(operator: string, text: string): Turn | undefined {
  if (!/^\d{1,12}$/.test(text)) return undefined;
  const at = Number(text) * 1000;
  switch (operator) {
    case '<':
      return { at, isBefore: true };
    case '<=':
      return { at: at + 1, isBefore: true };
    case '>=':
      return { at, isBefore: false };
    case '>':
      return { at: at + 1, isBefore: false };
    default:
      return undefined;
  }
}
