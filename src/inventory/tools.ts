import type { IdentifyTools } from '../identify/identifier.ts';
import type { Transport } from '../model/core.ts';
import type { Signature } from '../model/evidence.ts';

/** What the fold needs to know of the families that it may not import. */
export interface InventoryTools extends IdentifyTools {
  /** The protocol that usually is on a port: a hint where nothing better is known. */
  usualProtocol(transport: Transport, port: number): string | undefined;
  /** Whether two unrecognised answers come from one protocol. */
  sameSignature(a: Signature, b: Signature): boolean;
  /** Whether speakers of the protocol tend to die of anything else. */
  isFragile(protocol: string): boolean;
}

/** A name that a person gave to an unrecognised protocol. */
export interface NamedProtocol {
  readonly protocol: string;
  readonly signature: Signature;
  readonly evidence: number;
}
