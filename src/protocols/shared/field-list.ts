import type { Field } from '../../model/flow.ts';
import { utf8 } from './strings.ts';

/** Values of one side of a flow that are kept: who says more does not describe itself. */
export const FIELDS_CAP = 64;
/** Characters of a value. */
const VALUE_CAP = 255;

/** Gathers named values, each once, in the order in which they stand. */
export class FieldList {
  readonly #found: Field[] = [];
  readonly #seen = new Set<string>();
  readonly #cap: number;

  constructor(cap: number = FIELDS_CAP) {
    this.#cap = cap;
  }

  get all(): readonly Field[] {
    return this.#found;
  }

  get isFull(): boolean {
    return this.#found.length >= this.#cap;
  }

  /** Nothing where there is no value. */
  add(name: string, value: string | number | undefined): void {
    const text = String(value ?? '').slice(0, VALUE_CAP);
    const key = `${name} ${text}`;
    if (text === '' || this.isFull || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#found.push({ name, value: text });
  }

  /** Bytes that should be UTF-8. */
  addText(name: string, bytes: Uint8Array): void {
    this.add(name, utf8(bytes));
  }
}

/** `0x` and as many digits as the number takes on the wire. */
export function hexNumber(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** What both sides said, each bounded by itself. */
export function ofBoth(
  read: (bytes: Uint8Array, fields: FieldList) => void,
): (sides: { readonly client: Uint8Array; readonly server: Uint8Array }) => readonly Field[] {
  return ({ client, server }) => [...ofSide(read, client), ...ofSide(read, server)];
}

export function ofSide(
  read: (bytes: Uint8Array, fields: FieldList) => void,
  bytes: Uint8Array,
): readonly Field[] {
  if (bytes.length === 0) return [];
  const fields = new FieldList();
  read(bytes, fields);
  return fields.all;
}
