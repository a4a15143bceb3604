import type { Certainty } from '../model/core.ts';
import type { AttributeName, Evidence } from '../model/evidence.ts';

/** The contract of a file in this folder: one kind of evidence → what the device is. */
export interface Identifier {
  /** Also the file's name. */
  readonly id: string;
  readonly sources: readonly string[];
  /** Conclusions from one piece of evidence; most evidence gives none. */
  conclude(evidence: Evidence, tools: IdentifyTools): readonly Conclusion[];
}

/** Data that the shell loads once and hands in, so that the core reads no files. */
export interface IdentifyTools {
  /** Organisation that owns a MAC address's prefix (IEEE MA-L, MA-M, MA-S); never for a random MAC. */
  vendorOf(mac: string): string | undefined;
}

export interface Conclusion {
  readonly name: AttributeName;
  readonly value: string;
  readonly certainty: Certainty;
}
