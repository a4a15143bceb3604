import { readFileSync } from 'node:fs';

/** A way to allow something: what it is, what to type, and whether it was found to work here. */
export interface Way {
  readonly title: string;
  readonly why: string;
  readonly lines: readonly string[];
  /** By which one sees that it was done. */
  readonly test?: string;
  readonly state: 'works' | 'does not work yet' | 'not tested';
  readonly fact: string;
}

export function wayText(number: number, { title, why, lines, test, state, fact }: Way): string {
  // At the margin, so that what is copied works: a here-document ends at its first column.
  const commands = lines.map((line) => `${line}\n`).join('');
  const see = test === undefined ? '' : `   test it: ${test}\n`;
  return `\n${number}. ${title}\n   ${why}\n   ${state}: ${fact}\n${see}\n${commands}`;
}

/** The same once it was done: only whether it was, and how one sees it. */
export function testText(number: number, { title, test, state, fact }: Way): string {
  return `${number}. ${title}\n   ${state}: ${fact}\n${test === undefined ? '' : `   ${test}\n`}`;
}

export function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
