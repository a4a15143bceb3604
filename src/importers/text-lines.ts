import type { ImportProblem } from './importer.ts';

/** Longest line that is read; no lease or neighbour comes near, and a name is capped far below. */
const LINE_CAP = 4096;
/** A file that is wrong throughout is described well enough by its first thousand faults. */
const PROBLEM_CAP = 1000;

const UTF8 = new TextDecoder();

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Without its line end. */
  readonly text: string;
}

/** Collects what was wrong with a document, with a bound. */
export class Problems {
  readonly #found: ImportProblem[] = [];
  #more = 0;

  add(line: number, why: string): void {
    if (this.#found.length < PROBLEM_CAP) this.#found.push({ line, why });
    else this.#more += 1;
  }

  get all(): readonly ImportProblem[] {
    if (this.#more === 0) return this.#found;
    const line = this.#found.at(-1)?.line ?? 1;
    return [...this.#found, { line, why: `and ${this.#more} further problems after this line` }];
  }
}

export function decode(document: Uint8Array): string {
  return UTF8.decode(document);
}

/** The lines that hold something; one that is too long is reported and left out. */
export function* textLines(document: Uint8Array, problems: Problems): Generator<TextLine> {
  let number = 0;
  for (const line of decode(document).split('\n')) {
    number += 1;
    if (line.length > LINE_CAP) problems.add(number, `is longer than ${LINE_CAP} characters`);
    else if (line.trim() !== '') yield { number, text: line.trim() };
  }
}

/** The first whole lines of a start of file, for `recognise`. */
export function firstLines(start: Uint8Array, count: number): readonly string[] {
  return decode(start.subarray(0, LINE_CAP))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, count);
}
