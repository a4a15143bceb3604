/** What an agent says of one object. Text and addresses come as octets; nothing is decoded yet. */
export type Value = number | string | Uint8Array;

export interface Binding {
  /** Dotted, without a leading dot. */
  readonly oid: string;
  readonly value: Value;
}

/** Who is asked, one question at a time. */
export interface Agent {
  /** Objects that are not there are left out. @throws where nobody answers */
  get(oids: readonly string[]): Promise<readonly Binding[]>;
  /** What follows `oid`, some of it; empty at the end of all. @throws where nobody answers */
  next(oid: string): Promise<readonly Binding[]>;
}

export interface Bounds {
  /** Rows of one column, and of all together. */
  readonly rows: number;
  readonly rowsInAll: number;
  /** Aborted when the time is over, or the user says so. */
  readonly signal: AbortSignal;
}

/** How a walk ended: at the end of the column, or why before. */
export type End = 'whole' | 'out of order' | 'too many rows' | 'out of time';

export interface Row {
  /** What stands below the column, as numbers. */
  readonly index: readonly number[];
  readonly value: Value;
}

export interface Column {
  readonly rows: readonly Row[];
  readonly end: End;
}

/** Numbers of one object identifier (RFC 2578 §3.5: at most 128). */
const PARTS = 128;

/** Walks one column after the other, and keeps count over all. */
export class Walker {
  readonly #agent: Agent;
  readonly #bounds: Bounds;
  #rows = 0;

  constructor(agent: Agent, bounds: Bounds) {
    this.#agent = agent;
    this.#bounds = bounds;
  }

  /**
   * Reads a column to its end. Each object must come after the one before (RFC 3416 §4.2.3): an
   * agent that goes back, or round in circles, is stopped at the first step back.
   */
  async column(oid: string): Promise<Column> {
    const base = partsOf(oid) ?? [];
    const rows: Row[] = [];
    for (;;) {
      if (this.#bounds.signal.aborted) return { rows, end: 'out of time' };
      const last = [...base, ...(rows.at(-1)?.index ?? [])];
      const bindings = await this.#agent.next(last.join('.'));
      const end = bindings.length === 0 ? 'whole' : this.#take(bindings, base, last, rows);
      if (end !== undefined) return { rows, end };
    }
  }

  /** Adds what belongs to the column; undefined where the column goes on. */
  #take(
    bindings: readonly Binding[],
    base: readonly number[],
    start: readonly number[],
    rows: Row[],
  ): End | undefined {
    let last = start;
    for (const { oid, value } of bindings) {
      const parts = partsOf(oid);
      if (parts === undefined || compare(parts, last) <= 0) return 'out of order';
      if (!isBelow(base, parts)) return 'whole';
      if (rows.length >= this.#bounds.rows || this.#rows >= this.#bounds.rowsInAll) {
        return 'too many rows';
      }
      rows.push({ index: parts.slice(base.length), value });
      this.#rows += 1;
      last = parts;
    }
    return undefined;
  }
}

/** Undefined for what is no object identifier. */
export function partsOf(oid: string): readonly number[] | undefined {
  const words = oid.split('.', PARTS + 1);
  if (words.length > PARTS || !words.every((word) => /^\d{1,10}$/.test(word))) return undefined;
  return words.map(Number);
}

/** Lexicographic, as RFC 2578 orders them. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part !== other) return part - other;
  }
  return a.length - b.length;
}

function isBelow(base: readonly number[], parts: readonly number[]): boolean {
  return parts.length > base.length && base.every((part, index) => parts[index] === part);
}
