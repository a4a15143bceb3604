import type { Instruction } from './instruction.ts';
import {
  A_FROM_INDEX,
  ADD,
  AND,
  DIVIDE,
  INDEX_FROM_A,
  JUMP,
  JUMP_ANY_BIT,
  JUMP_EQUAL,
  JUMP_GREATER,
  JUMP_GREATER_OR_EQUAL,
  LD_BYTE_ABSOLUTE,
  LD_BYTE_INDIRECT,
  LD_HALF_ABSOLUTE,
  LD_HALF_INDIRECT,
  LD_IMMEDIATE,
  LD_LENGTH,
  LD_MEMORY,
  LD_WORD_ABSOLUTE,
  LD_WORD_INDIRECT,
  LDX_HEADER_LENGTH,
  LDX_IMMEDIATE,
  LDX_MEMORY,
  MEMORY_WORDS,
  MODULO,
  MULTIPLY,
  NEGATE,
  OR,
  RETURN,
  RETURN_A,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  STORE,
  STORE_X,
  SUBTRACT,
  WITH_X,
  XOR,
} from './instruction.ts';

/** A frame, as `Packet` has it: where it begins, how much was captured, how long it was. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly captured: number;
  readonly length: number;
}

/** Class (LD, LDX, ST, STX, ALU, JMP, RET, MISC): the low three bits. */
const CLASS = 0x07;

/**
 * Runs a filter over a frame, as the kernel does: 0 refuses it, else it says how many octets are
 * wanted. A load beyond what was captured, or a division by zero, refuses. It ends: jumps only go
 * forward.
 */
export function runBpf(program: readonly Instruction[], frame: Frame): number {
  machine.start(frame);
  for (let at = 0; at < program.length; at += 1) {
    const instruction = program[at];
    if (instruction === undefined) return 0;
    const { code, k } = instruction;
    if (code === RETURN) return k;
    if (code === RETURN_A) return machine.a;
    if ((code & CLASS) === JUMP) at += machine.distance(instruction);
    else if (!machine.step(code, k)) return 0;
  }
  return 0;
}

class Machine {
  a = 0;
  #x = 0;
  readonly #memory = new Uint32Array(MEMORY_WORDS);
  #frame: Frame = { bytes: new Uint8Array(0), offset: 0, captured: 0, length: 0 };

  start(frame: Frame): void {
    this.a = 0;
    this.#x = 0;
    this.#memory.fill(0);
    this.#frame = frame;
  }

  /** Instructions to skip. */
  distance({ code, k, jt, jf }: Instruction): number {
    if (code === JUMP) return k;
    const other = (code & WITH_X) === 0 ? k : this.#x;
    return this.#holds(code & ~WITH_X, other) ? jt : jf;
  }

  #holds(code: number, other: number): boolean {
    switch (code) {
      case JUMP_EQUAL:
        return this.a === other;
      case JUMP_GREATER:
        return this.a > other;
      case JUMP_GREATER_OR_EQUAL:
        return this.a >= other;
      case JUMP_ANY_BIT:
        return (this.a & other) !== 0;
      default:
        return false;
    }
  }

  /** Whether it could be done. */
  step(code: number, k: number): boolean {
    switch (code & CLASS) {
      case 0:
        return this.#load(code, k);
      case 1:
        return this.#loadIndex(code, k);
      case STORE:
        this.#memory[k] = this.a;
        return k < MEMORY_WORDS;
      case STORE_X:
        this.#memory[k] = this.#x;
        return k < MEMORY_WORDS;
      case ADD:
        return this.#calculate(code & ~WITH_X, (code & WITH_X) === 0 ? k : this.#x);
      default:
        return this.#move(code);
    }
  }

  #load(code: number, k: number): boolean {
    switch (code) {
      case LD_IMMEDIATE:
        this.a = k;
        return true;
      case LD_LENGTH:
        this.a = this.#frame.length;
        return true;
      case LD_MEMORY:
        this.a = this.#memory[k] ?? 0;
        return k < MEMORY_WORDS;
      case LD_WORD_ABSOLUTE:
        return this.#read(k, 4);
      case LD_HALF_ABSOLUTE:
        return this.#read(k, 2);
      case LD_BYTE_ABSOLUTE:
        return this.#read(k, 1);
      default:
        return this.#loadIndirect(code, this.#x + k);
    }
  }

  #loadIndirect(code: number, at: number): boolean {
    switch (code) {
      case LD_WORD_INDIRECT:
        return this.#read(at, 4);
      case LD_HALF_INDIRECT:
        return this.#read(at, 2);
      case LD_BYTE_INDIRECT:
        return this.#read(at, 1);
      default:
        return false;
    }
  }

  #loadIndex(code: number, k: number): boolean {
    const { bytes, offset, captured } = this.#frame;
    switch (code) {
      case LDX_IMMEDIATE:
        this.#x = k;
        return true;
      case LDX_MEMORY:
        this.#x = this.#memory[k] ?? 0;
        return k < MEMORY_WORDS;
      case LDX_HEADER_LENGTH:
        this.#x = ((bytes[offset + k] ?? 0) & 0x0f) * 4;
        return k < captured;
      default:
        return false;
    }
  }

  /** Network byte order. */
  #read(at: number, size: 1 | 2 | 4): boolean {
    const { bytes, offset, captured } = this.#frame;
    if (at + size > captured) return false;
    let value = 0;
    for (let from = offset + at; from < offset + at + size; from += 1) {
      value = (value << 8) | (bytes[from] ?? 0);
    }
    this.a = value >>> 0;
    return true;
  }

  #calculate(code: number, other: number): boolean {
    if (code === NEGATE) {
      this.a = -this.a >>> 0;
      return true;
    }
    const result = calculated(code, this.a, other);
    this.a = (result ?? 0) >>> 0;
    return result !== undefined;
  }

  #move(code: number): boolean {
    if (code === INDEX_FROM_A) this.#x = this.a;
    else if (code === A_FROM_INDEX) this.a = this.#x;
    else return false;
    return true;
  }
}

/** Whoever asks about a packet has done so before the next: one machine serves them all. */
const machine = new Machine();

function calculated(code: number, a: number, b: number): number | undefined {
  switch (code) {
    case ADD:
      return a + b;
    case SUBTRACT:
      return a - b;
    case MULTIPLY:
      return Math.imul(a, b);
    case DIVIDE:
      return b === 0 ? undefined : Math.floor(a / b);
    case MODULO:
      return b === 0 ? undefined : a % b;
    default:
      return ofBits(code, a, b);
  }
}

function ofBits(code: number, a: number, b: number): number | undefined {
  switch (code) {
    case OR:
      return a | b;
    case AND:
      return a & b;
    case XOR:
      return a ^ b;
    case SHIFT_LEFT:
      return b > 31 ? 0 : a << b;
    case SHIFT_RIGHT:
      return b > 31 ? 0 : a >>> b;
    default:
      return undefined;
  }
}
