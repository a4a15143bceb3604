import { PortolanError } from '../../base/errors.ts';

/** Negative: a leaf, `~id` is its value. Else a node. */
export type NodeId = number;

/** Upper end of every field: whatever is in the last cell of a node lies below it. */
export const END = 0x7fff_ffff;

/** Half-open intervals of labels: from, end, from, end …; sorted, disjoint, not touching. */
export type Intervals = readonly number[];

/** One set of intervals for each field; undefined is every value. */
export type Region = readonly (Intervals | undefined)[];

/** What two diagrams become where they meet, leaf by leaf. */
export interface Operation {
  /** The result where it is plain without looking below; always so for two leaves. */
  plain(a: NodeId, b: NodeId): NodeId | undefined;
}

/** Nodes made, ever: beyond that a policy is refused rather than the machine filled. */
export const NODE_BUDGET = 2_000_000;
/** 32-bit words of all nodes: half a gigabyte. */
const WORD_BUDGET = 1 << 27;

export function leaf(value: number): NodeId {
  return ~value;
}

/**
 * Interval decision diagrams (Strehl, Thiele 1998): a function of a few small integers, the fields,
 * to a leaf. A node asks one field and has a child for each interval of it; fields are asked in
 * order and a field that does not matter is not asked. Nodes are made only here, neighbours that
 * are equal are joined and no node is made twice: two functions are equal where their ids are.
 */
export class Space {
  /** Who is at work, for the message when the budget is used up. */
  concerning = 'the policy';
  readonly #fields: number;
  readonly #budget: number;
  /** Node by node: field, number of cells, upper ends, children. */
  #words = new Int32Array(1 << 12);
  #used = 0;
  #starts = new Int32Array(1 << 8);
  #count = 0;
  /** Open addressing: id + 1, 0 is free. */
  #table = new Int32Array(1 << 9);
  /** Results by (operation, a, b); a newer one takes the place of an older. */
  #results = new Int32Array(4 << 10);
  readonly #operations = new Map<Operation, number>();
  readonly #drafts: readonly Draft[];

  constructor(fields: number, budget = NODE_BUDGET) {
    this.#fields = fields;
    this.#budget = budget;
    this.#drafts = Array.from({ length: fields }, () => new Draft());
  }

  /** Nodes made so far, those that nobody uses any more included. */
  get made(): number {
    return this.#count;
  }

  get budget(): number {
    return this.#budget;
  }

  /** The field that a node asks; of a leaf the number of fields. */
  field(id: NodeId): number {
    return id < 0 ? this.#fields : this.#word(this.#start(id));
  }

  /** `inside` in the region, `outside` around it. */
  box(region: Region, inside: NodeId, outside: NodeId): NodeId {
    let root = inside;
    for (let field = this.#fields - 1; field >= 0; field -= 1) {
      const intervals = region[field];
      if (intervals === undefined) continue;
      const draft = this.#draft(field);
      for (let index = 0; index < intervals.length; index += 2) {
        const from = intervals[index] ?? 0;
        if (from > 0) draft.add(from, outside);
        draft.add(intervals[index + 1] ?? END, root);
      }
      if (intervals.at(-1) !== END) draft.add(END, outside);
      root = this.#finish(field, draft);
    }
    return root;
  }

  apply(operation: Operation, a: NodeId, b: NodeId): NodeId {
    let number = this.#operations.get(operation);
    if (number === undefined) {
      number = this.#operations.size + 1;
      this.#operations.set(operation, number);
    }
    return this.#apply(operation, number, a, b);
  }

  /** The leaf's value at a point, one label for each field. */
  valueAt(root: NodeId, point: readonly number[]): number {
    let id = root;
    while (id >= 0) {
      const start = this.#start(id);
      const cells = this.#word(start + 1);
      const label = point[this.#word(start)] ?? 0;
      let low = 0;
      let high = cells - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (label < this.#word(start + 2 + middle)) high = middle;
        else low = middle + 1;
      }
      id = this.#word(start + 2 + cells + low);
    }
    return ~id;
  }

  /** The child of a node where its field has this label. */
  childAt(id: NodeId, label: number): NodeId {
    const start = this.#start(id);
    const cells = this.#word(start + 1);
    let low = 0;
    let high = cells - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (label < this.#word(start + 2 + middle)) high = middle;
      else low = middle + 1;
    }
    return this.#word(start + 2 + cells + low);
  }

  /** The children of a node with the intervals that lead to each, in order of the first of them. */
  children(id: NodeId): ReadonlyMap<NodeId, Intervals> {
    const groups = new Map<NodeId, number[]>();
    const start = this.#start(id);
    const cells = this.#word(start + 1);
    let from = 0;
    for (let cell = 0; cell < cells; cell += 1) {
      const end = this.#word(start + 2 + cell);
      const child = this.#word(start + 2 + cells + cell);
      const group = groups.get(child);
      if (group === undefined) groups.set(child, [from, end]);
      else group.push(from, end);
      from = end;
    }
    return groups;
  }

  /** Nodes that can be reached from a root, and the values of its leaves. */
  census(root: NodeId): { readonly nodes: number; readonly leaves: ReadonlySet<number> } {
    const seen = new Set<NodeId>([root]);
    for (const id of seen) {
      if (id >= 0) for (const child of this.children(id).keys()) seen.add(child);
    }
    const leaves = new Set([...seen].filter((id) => id < 0).map((id) => ~id));
    return { nodes: seen.size - leaves.size, leaves };
  }

  #apply(operation: Operation, number: number, a: NodeId, b: NodeId): NodeId {
    const plain = operation.plain(a, b);
    if (plain !== undefined) return plain;
    const hash = mixed(mixed(mixed(number, a), b), 0);
    const slot = (hash & (this.#results.length / 4 - 1)) * 4;
    const results = this.#results;
    if (results[slot] === number && results[slot + 1] === a && results[slot + 2] === b) {
      return results[slot + 3] ?? 0;
    }
    const result = this.#merge(operation, number, a, b);
    this.#remember(hash, number, a, b, result);
    return result;
  }

  /** Walks the cells of both side by side; who asks a later field is one cell for this one. */
  #merge(operation: Operation, number: number, a: NodeId, b: NodeId): NodeId {
    const field = Math.min(this.field(a), this.field(b));
    const draft = this.#draft(field);
    const [ofA, ofB] = [this.#cells(a, field), this.#cells(b, field)];
    let [i, j, end] = [0, 0, 0];
    while (end < END) {
      const [endA, endB] = [this.#end(ofA, i), this.#end(ofB, j)];
      end = Math.min(endA, endB);
      const child = this.#apply(operation, number, this.#child(ofA, i, a), this.#child(ofB, j, b));
      draft.add(end, child);
      if (endA === end) i += 1;
      if (endB === end) j += 1;
    }
    return this.#finish(field, draft);
  }

  /** Where the cells of a node start if it asks this field, else -1. */
  #cells(id: NodeId, field: number): number {
    return this.field(id) === field ? this.#start(id) + 1 : -1;
  }

  #end(cells: number, index: number): number {
    return cells < 0 ? END : this.#word(cells + 1 + index);
  }

  #child(cells: number, index: number, itself: NodeId): NodeId {
    return cells < 0 ? itself : this.#word(cells + 1 + this.#word(cells) + index);
  }

  #remember(hash: number, number: number, a: NodeId, b: NodeId, result: NodeId): void {
    const slot = (hash & (this.#results.length / 4 - 1)) * 4;
    this.#results[slot] = number;
    this.#results[slot + 1] = a;
    this.#results[slot + 2] = b;
    this.#results[slot + 3] = result;
  }

  /** Empty. One a field is enough: while one is filled only later fields are looked at. */
  #draft(field: number): Draft {
    const draft = this.#drafts[field];
    if (draft === undefined) throw new RangeError(`There is no field ${field}`);
    draft.clear();
    return draft;
  }

  #finish(field: number, draft: Draft): NodeId {
    if (draft.length === 1) return draft.child(0);
    const hash = draft.hash(field);
    const mask = this.#table.length - 1;
    let slot = hash & mask;
    for (let id = this.#table[slot] ?? 0; id !== 0; id = this.#table[slot] ?? 0) {
      if (this.#equals(id - 1, field, draft)) return id - 1;
      slot = (slot + 1) & mask;
    }
    const id = this.#store(field, draft);
    this.#table[slot] = id + 1;
    if (this.#count * 2 > this.#table.length) this.#enlarge();
    return id;
  }

  #equals(id: NodeId, field: number, draft: Draft): boolean {
    const start = this.#start(id);
    const cells = draft.length;
    if (this.#word(start) !== field || this.#word(start + 1) !== cells) return false;
    for (let cell = 0; cell < cells; cell += 1) {
      if (this.#word(start + 2 + cell) !== draft.end(cell)) return false;
      if (this.#word(start + 2 + cells + cell) !== draft.child(cell)) return false;
    }
    return true;
  }

  #store(field: number, draft: Draft): NodeId {
    const cells = draft.length;
    const start = this.#used;
    this.#used += 2 + 2 * cells;
    if (this.#count >= this.#budget || this.#used > WORD_BUDGET) throw this.#exhausted();
    this.#words = withRoom(this.#words, this.#used);
    this.#starts = withRoom(this.#starts, this.#count + 1);
    this.#words[start] = field;
    this.#words[start + 1] = cells;
    for (let cell = 0; cell < cells; cell += 1) {
      this.#words[start + 2 + cell] = draft.end(cell);
      this.#words[start + 2 + cells + cell] = draft.child(cell);
    }
    this.#starts[this.#count] = start;
    this.#count += 1;
    return this.#count - 1;
  }

  #exhausted(): PortolanError {
    const nodes = this.#budget.toLocaleString('en');
    return new PortolanError(
      'E_POLICY_UNSUPPORTED',
      `${this.concerning} and the rules beside it overlap in too many ways to be decided exactly (${nodes} nodes)`,
      {
        remedy:
          'Split it into rules with fewer addresses and ports, then see: portolan policy check',
      },
    );
  }

  #enlarge(): void {
    this.#table = new Int32Array(this.#table.length * 2);
    const mask = this.#table.length - 1;
    for (let id = 0; id < this.#count; id += 1) {
      let slot = this.#hash(id) & mask;
      while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
      this.#table[slot] = id + 1;
    }
    this.#results = new Int32Array(this.#results.length * 2);
  }

  #hash(id: NodeId): number {
    const start = this.#start(id);
    const cells = this.#word(start + 1);
    let hash = this.#word(start);
    for (let cell = 0; cell < cells; cell += 1) {
      hash = mixed(hash, this.#word(start + 2 + cell));
      hash = mixed(hash, this.#word(start + 2 + cells + cell));
    }
    return hash;
  }

  #start(id: NodeId): number {
    return this.#starts[id] ?? 0;
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }
}

/** The cells of a node that is being made; a neighbour with the same child is joined. */
class Draft {
  #ends = new Int32Array(16);
  #children = new Int32Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  add(end: number, child: NodeId): void {
    if (this.#length > 0 && this.#children[this.#length - 1] === child) {
      this.#ends[this.#length - 1] = end;
      return;
    }
    this.#ends = withRoom(this.#ends, this.#length + 1);
    this.#children = withRoom(this.#children, this.#length + 1);
    this.#ends[this.#length] = end;
    this.#children[this.#length] = child;
    this.#length += 1;
  }

  end(cell: number): number {
    return this.#ends[cell] ?? END;
  }

  child(cell: number): NodeId {
    return this.#children[cell] ?? 0;
  }

  hash(field: number): number {
    let hash = field;
    for (let cell = 0; cell < this.#length; cell += 1) {
      hash = mixed(mixed(hash, this.end(cell)), this.child(cell));
    }
    return hash;
  }
}

function withRoom(words: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  if (length <= words.length) return words;
  const larger = new Int32Array(Math.max(length, words.length * 2));
  larger.set(words);
  return larger;
}

/** A round of MurmurHash3's mixing with its finish shortened: ids are small and close together. */
function mixed(hash: number, value: number): number {
  let word = Math.imul(value, 0xcc9e_2d51);
  word = Math.imul((word << 15) | (word >>> 17), 0x1b87_3593) ^ hash;
  word = Math.imul((word << 13) | (word >>> 19), 5) + 0xe654_6b64;
  return (word ^ (word >>> 16)) | 0;
}
