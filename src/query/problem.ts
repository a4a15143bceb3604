import { PortolanError } from '../base/errors.ts';
import { visible } from '../base/untrusted.ts';

/** Characters of what was typed that a sentence repeats. */
const SHOWN = 40;

/** A filter that cannot be understood, with the place, from 0. */
export function filterError(filter: string, at: number, why: string): PortolanError {
  return new PortolanError('E_FILTER', `filter, character ${at + 1}: ${why}`, {
    remedy: 'See what can be asked: portolan query --fields',
    excerpt: { text: filter, at },
  });
}

/** What was typed, for a sentence. */
export function said(text: string): string {
  const shown = visible(text);
  return `"${shown.length > SHOWN ? `${shown.slice(0, SHOWN - 1)}…` : shown}"`;
}
