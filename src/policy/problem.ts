import type { Excerpt } from '../base/errors.ts';
import { PortolanError } from '../base/errors.ts';

/** Keys from the top of a policy: `['rules', 3, 'to']`. */
export type Path = readonly (string | number)[];

/** Something that is wrong with a policy, or that whoever wrote it should know. */
export interface Problem {
  /** `error`: it cannot be used. `warning`: it can, and perhaps does not do what was meant. */
  readonly level: 'error' | 'warning';
  readonly path: Path;
  /** Of the rule, forward or redirect that it is about. */
  readonly id?: string;
  /** What is wrong, without place and id. */
  readonly message: string;
  /** Another place that it is about: the rule that this one contradicts. */
  readonly related?: Path;
  /** What to do, in one sentence. */
  readonly remedy: string;
}

/** A place in a file, both from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line itself. */
  readonly excerpt: Excerpt;
}

/** Where paths stand in the text that a policy was read from. */
export interface Places {
  /** Of the value at that path, or of the nearest one around it; of the key where it has one. */
  place(path: Path, key?: boolean): Place;
}

/** A problem with its place: what `policy check` lists. */
export interface Diagnostic extends Problem {
  readonly place?: Place;
  readonly relatedPlace?: Place;
}

/** `policy.yaml:12:9: rule r7: …`. Ids have a form of their own, so they need no encoding. */
export function diagnosticText({ place, id, message, relatedPlace }: Diagnostic): string {
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
  const also = relatedPlace === undefined ? '' : ` (line ${relatedPlace.line})`;
  return `${where}${id === undefined ? '' : `rule ${id}: `}${message}${also}`;
}

/** @throws PortolanError E_POLICY for the first error; what else is wrong is counted */
export function refuse(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter(({ level }) => level === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more: portolan policy check)`;
  throw new PortolanError('E_POLICY', `${diagnosticText(first)}${more}`, {
    remedy: first.remedy,
    ...(first.place === undefined ? {} : { excerpt: first.place.excerpt }),
  });
}
