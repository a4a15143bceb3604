import { visible } from '../../base/untrusted.ts';

/** Halves of a pair that lost the other half, as cutting and foreign names leave them. */
const LONE = /\p{Surrogate}/gu;

/**
 * One line for any sink: controls and line breaks visible, whole characters only, not longer than
 * `cap` UTF-16 units.
 */
export function line(text: string, cap: number): string {
  return cut(visible(text.length > cap * 2 ? text.slice(0, cap * 2) : text), cap);
}

/** Shortened to `cap` UTF-16 units, whole characters only. */
export function cut(text: string, cap: number): string {
  const short = text.length > cap ? `${text.slice(0, cap - 1)}…` : text;
  return short.replace(LONE, '\ufffd');
}

/**
 * Takes from a line what chat programs make into links and mentions of themselves. U+2060 (word
 * joiner) has no width and stands in no name of a host or of a person.
 */
export function withoutLinks(text: string): string {
  return text
    .replaceAll('://', ':\u2060//')
    .replace(/www\./gi, (match) => `${match.slice(0, 3)}\u2060.`)
    .replace(/[@#](?=\S)/g, (sign) => `${sign}\u2060`);
}

/** Octets of a text in UTF-8. */
export function octets(text: string): number {
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    sum += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return sum;
}

/** As many lines as fit into `cap` UTF-16 units, and a word about the others. */
export function fitting(lines: readonly string[], cap: number, separator = '\n'): string {
  const kept: string[] = [];
  let room = cap - 24;
  for (const one of lines) {
    room -= one.length + separator.length;
    if (room < 0) break;
    kept.push(one);
  }
  const left = lines.length - kept.length;
  return [...kept, ...(left > 0 ? [`… and ${left} more lines`] : [])].join(separator);
}
