/**
 * Classic BPF: McCanne and Jacobson, "The BSD Packet Filter", 1993; linux/filter.h and bpf_common.h
 * for the numbers. An accumulator A, an index X, sixteen words of memory, jumps only forward.
 */
export interface Instruction {
  readonly code: number;
  /** Instructions to skip where a condition holds, and where it does not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export const LD_WORD_ABSOLUTE = 0x20;
export const LD_HALF_ABSOLUTE = 0x28;
export const LD_BYTE_ABSOLUTE = 0x30;
export const LD_WORD_INDIRECT = 0x40;
export const LD_HALF_INDIRECT = 0x48;
export const LD_BYTE_INDIRECT = 0x50;
export const LD_IMMEDIATE = 0x00;
export const LD_LENGTH = 0x80;
export const LD_MEMORY = 0x60;
export const LDX_IMMEDIATE = 0x01;
export const LDX_MEMORY = 0x61;
/** X = 4 × (octet & 15): the length of an IPv4 header. */
export const LDX_HEADER_LENGTH = 0xb1;
export const STORE = 0x02;
export const STORE_X = 0x03;
/** With a constant; `| WITH_X` with the index. */
export const ADD = 0x04;
export const SUBTRACT = 0x14;
export const MULTIPLY = 0x24;
export const DIVIDE = 0x34;
export const OR = 0x44;
export const AND = 0x54;
export const SHIFT_LEFT = 0x64;
export const SHIFT_RIGHT = 0x74;
export const NEGATE = 0x84;
export const MODULO = 0x94;
export const XOR = 0xa4;
export const JUMP = 0x05;
export const JUMP_EQUAL = 0x15;
export const JUMP_GREATER = 0x25;
export const JUMP_GREATER_OR_EQUAL = 0x35;
export const JUMP_ANY_BIT = 0x45;
export const WITH_X = 0x08;
export const RETURN = 0x06;
export const RETURN_A = 0x16;
export const INDEX_FROM_A = 0x07;
export const A_FROM_INDEX = 0x87;

/** Words of memory (BPF_MEMWORDS), and the kernel's limit of instructions (BPF_MAXINSNS). */
export const MEMORY_WORDS = 16;
export const MOST_INSTRUCTIONS = 4096;

/** An instruction that does not jump. */
export function statement(code: number, k = 0): Instruction {
  return { code, jt: 0, jf: 0, k: k >>> 0 };
}
