import type { Carrier } from '../../../src/model/core.ts';
import type { Fact } from '../../../src/model/evidence.ts';
import { join } from '../../../src/protocols/shared/bytes.ts';

/** A whole conversation with a device: what it answers, and what is learnt from that. */
export interface Conversation {
  readonly name: string;
  readonly protocol: string;
  readonly over: Carrier;
  readonly port: number;
  /** In hex, in turn. The peer of these tests draws 0, 1, 2 … as its random bytes. */
  readonly answers: readonly string[];
  readonly facts: readonly Fact[];
  /** Name by which tshark dissects what was sent; absent where it knows no such protocol. */
  readonly dissector?: string;
}

/** Bytes and text joined, as the tables have them. */
export function hex(...parts: readonly (Uint8Array | readonly number[] | string)[]): string {
  return Buffer.from(join(...parts)).toString('hex');
}
