import type { Instruction } from './instruction.ts';
import {
  AND,
  JUMP,
  JUMP_ANY_BIT,
  JUMP_EQUAL,
  JUMP_GREATER,
  JUMP_GREATER_OR_EQUAL,
  LD_BYTE_ABSOLUTE,
  LD_HALF_ABSOLUTE,
  LD_WORD_ABSOLUTE,
  statement,
  WITH_X,
} from './instruction.ts';

/** A filter when the link is known: what to load, what to compare, and how the answers combine. */
export type Condition =
  | { readonly op: 'constant'; readonly value: boolean }
  | { readonly op: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly op: 'not'; readonly operand: Condition }
  | {
      readonly op: 'test';
      /** Brings the value into A, and where `k` is undefined the other one into X. */
      readonly load: readonly Instruction[];
      readonly compare: Comparison;
      readonly k: number | undefined;
    };

export type Comparison = 'equal' | 'greater' | 'at-least' | 'any-bit';

export const NEVER: Condition = { op: 'constant', value: false };

const JUMPS: Readonly<Record<Comparison, number>> = {
  equal: JUMP_EQUAL,
  greater: JUMP_GREATER,
  'at-least': JUMP_GREATER_OR_EQUAL,
  'any-bit': JUMP_ANY_BIT,
};

const LOADS = { 1: LD_BYTE_ABSOLUTE, 2: LD_HALF_ABSOLUTE, 4: LD_WORD_ABSOLUTE } as const;

export function all(...conditions: readonly Condition[]): Condition {
  return conditions.reduce((left, right) => ({ op: 'and', left, right }));
}

export function any(...conditions: readonly Condition[]): Condition {
  return conditions.reduce((left, right) => ({ op: 'or', left, right }));
}

export function not(operand: Condition): Condition {
  return { op: 'not', operand };
}

export function test(
  load: readonly Instruction[],
  compare: Comparison,
  k: number | undefined,
): Condition {
  return { op: 'test', load, compare, k };
}

export function loadAt(size: 1 | 2 | 4, offset: number): Instruction {
  return statement(LOADS[size], offset);
}

/** The value at an offset, with only the bits of the mask. */
export function equals(size: 1 | 2 | 4, offset: number, value: number, mask?: number): Condition {
  const load = [loadAt(size, offset)];
  if (mask !== undefined) load.push(statement(AND, mask));
  return test(load, 'equal', value >>> 0);
}

/** Jumps of a condition count instructions in one octet; before that a plain jump is put between. */
const FAR = 250;

/**
 * Instructions for a condition, from its end to its start: jumps go only forward, so every target is
 * known when its jump is written. A label is the number of instructions from it to the end.
 */
export class Emitter {
  readonly #backwards: Instruction[] = [];

  get size(): number {
    return this.#backwards.length;
  }

  /** In the order in which they run. */
  finish(): readonly Instruction[] {
    return this.#backwards.toReversed();
  }

  /** Puts statements before what there is, and returns their label. */
  put(...statements: readonly Instruction[]): number {
    this.#backwards.push(...statements.toReversed());
    return this.#backwards.length;
  }

  /** Code that goes to one label where the condition holds, else to the other. */
  emit(condition: Condition, yes: number, no: number): number {
    switch (condition.op) {
      case 'constant':
        return condition.value ? yes : no;
      case 'not':
        return this.emit(condition.operand, no, yes);
      case 'and':
        return this.emit(condition.left, this.emit(condition.right, yes, no), no);
      case 'or':
        return this.emit(condition.left, yes, this.emit(condition.right, yes, no));
      case 'test': {
        const { load, compare, k } = condition;
        this.#branch(JUMPS[compare] | (k === undefined ? WITH_X : 0), k ?? 0, yes, no);
        return this.put(...load);
      }
    }
  }

  #branch(code: number, k: number, yes: number, no: number): void {
    const near = [this.#within(yes), this.#within(no)] as const;
    const at = this.#backwards.length;
    this.#backwards.push({ code, k, jt: at - near[0], jf: at - near[1] });
  }

  #within(label: number): number {
    const distance = this.#backwards.length - label;
    return distance <= FAR ? label : this.put(statement(JUMP, distance));
  }
}
