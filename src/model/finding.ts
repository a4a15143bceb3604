import type { Certainty, Severity, Threat, Transport } from './core.ts';

/** A state that is bad, with its proof and its remedy. */
export interface Finding {
  /** `PTL-F-2K9D`: the same finding on the same port of the same device keeps its id. */
  readonly id: string;
  readonly rule: string;
  readonly threat: Threat;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly device: string;
  readonly transport?: Transport;
  readonly port?: number;
  /** Which program or product, where a device may have the same finding for several. */
  readonly product?: string;
  /** One sentence; foreign text in it is quoted. */
  readonly summary: string;
  /** What an attacker gains, in plain words. */
  readonly impact: string;
  readonly remedy: string;
  /** Evidence ids; never empty. */
  readonly evidence: readonly number[];
  /** Clauses of standards: `ETSI EN 303 645 5.5-1`. */
  readonly clauses: readonly string[];
  readonly sources: readonly string[];
}
