/** A way to allow something: what it is, what to type, and whether it was found to work here. */
export interface Way {
  readonly title: string;
  readonly why: string;
  readonly lines: readonly string[];
  readonly state: 'works' | 'does not work yet' | 'not tested';
  readonly fact: string;
}

export function wayText(number: number, { title, why, lines, state, fact }: Way): string {
  // At the margin, so that what is copied works: a here-document ends at its first column.
  const commands = lines.map((line) => `${line}\n`).join('');
  return `\n${number}. ${title}\n   ${why}\n   ${state}: ${fact}\n\n${commands}`;
}
