/**
 * Patterns of which two either have nothing in common or one contains the other, as wildcards of
 * DNS names and of interfaces are. What can be told apart by them is, for each, *whatever has it as
 * its narrowest pattern*: an atom. Sets of names become sets of atoms, compared exactly.
 */
export class Patterns {
  /** Each stands for its atom. */
  readonly all: readonly string[];
  readonly #contains: (outer: string, inner: string) => boolean;

  constructor(patterns: Iterable<string>, contains: (outer: string, inner: string) => boolean) {
    this.all = [...new Set(patterns)].sort();
    this.#contains = contains;
  }

  /** Numbers of the atoms that make up a pattern. */
  atomsOf(pattern: string): readonly number[] {
    return this.all.flatMap((inner, atom) => (this.#contains(pattern, inner) ? [atom] : []));
  }

  /** The atom in which a name is, -1 for none: of the patterns that it has, the one within all others. */
  atomOf(name: string): number {
    let found = -1;
    for (const [atom, pattern] of this.all.entries()) {
      const narrowest = this.all[found];
      if (!this.#contains(pattern, name)) continue;
      if (narrowest === undefined || this.#contains(narrowest, pattern)) found = atom;
    }
    return found;
  }
}

/** `*.example.com` is every name below it, not itself. */
export function nameContains(outer: string, inner: string): boolean {
  return outer === inner || (outer.startsWith('*.') && inner.endsWith(outer.slice(1)));
}

/** `br-*` is every interface whose name begins so. */
export function interfaceContains(outer: string, inner: string): boolean {
  return outer === inner || (outer.endsWith('*') && inner.startsWith(outer.slice(0, -1)));
}
