/** A line of a difference: only in what was sent, only in what is there, or in both. */
export interface DifferenceLine {
  readonly kind: 'added' | 'removed' | 'same' | 'head';
  readonly text: string;
}

/** Lines that begin with `+ `, `- `, or two blanks; `@@` begins another place of the file. */
export function differenceLines(difference: string): readonly DifferenceLine[] {
  return difference.split('\n').map((line) => {
    if (line.startsWith('@@')) return { kind: 'head', text: line };
    if (line.startsWith('+')) return { kind: 'added', text: rest(line) };
    if (line.startsWith('-')) return { kind: 'removed', text: rest(line) };
    return { kind: 'same', text: line };
  });
}

function rest(line: string): string {
  return line.slice(line.charAt(1) === ' ' ? 2 : 1);
}
