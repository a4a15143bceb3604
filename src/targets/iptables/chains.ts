/** The chains of one table of one family. */
export class Book {
  readonly #lines = new Map<string, string[]>();

  /** A chain to write into; undefined where it is written already. */
  open(name: string): Writer | undefined {
    if (this.#lines.has(name)) return undefined;
    return new Writer(this, name);
  }

  begin(name: string): string[] {
    const lines: string[] = [];
    this.#lines.set(name, lines);
    return lines;
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Chains that a packet goes through one from another, at most. */
  depth(): number {
    const known = new Map<string, number>();
    const below = (name: string): number => {
      const found = known.get(name);
      if (found !== undefined) return found;
      known.set(name, 0);
      const targets = (this.#lines.get(name) ?? []).flatMap(
        (line) => /-g (\S+)$/.exec(line)?.[1] ?? [],
      );
      const depth = 1 + Math.max(0, ...[...new Set(targets)].map(below));
      known.set(name, depth);
      return depth;
    };
    return Math.max(0, ...[...this.#lines.keys()].map(below));
  }

  /** A table for `iptables-restore --noflush`: chains named here are emptied first, others stay. */
  text(table: string): string {
    const names = [...this.#lines.keys()].map((name) => `:${name} - [0:0]\n`);
    const rules = [...this.#lines].flatMap(([name, lines]) =>
      lines.map((line) => `-A ${name} ${line}\n`),
    );
    return `*${table}\n${names.join('')}${rules.join('')}COMMIT\n`;
  }
}

/**
 * Writes one chain. Every chain is gone to (`-g`), none is jumped to but by the kernel's own: so what
 * returns, or comes to an end, is out of our rules at once and goes on to those of others.
 */
export class Writer {
  readonly #book: Book;
  readonly #name: string;
  #lines: string[];
  #parts = 1;

  constructor(book: Book, name: string) {
    this.#book = book;
    this.#name = name;
    this.#lines = book.begin(name);
  }

  add(...words: readonly string[]): void {
    this.#lines.push(words.filter((word) => word !== '').join(' '));
  }

  /**
   * Writes lines that are skipped where one of the conditions holds. A rule of iptables can deny one
   * interface, protocol or address and not several: the rest of the chain becomes one of its own.
   */
  unless(conditions: readonly string[], write: () => void): void {
    if (conditions.length === 0) {
      write();
      return;
    }
    this.#parts += 1;
    const rest = `${this.#name}.${this.#parts}`;
    for (const condition of conditions) this.add(condition, `-g ${rest}`);
    write();
    this.add(`-g ${rest}`);
    this.#lines = this.#book.begin(rest);
  }
}
