import type { Untrusted } from '../base/untrusted.ts';
import type { Access, Carrier, Certainty, Instant, Transport } from './core.ts';
import type { EvidenceSource, Signature, TlsFacts } from './evidence.ts';

/** `closed`: was open and now refuses. `silent`: was open and now does not answer. */
export type ServiceState = 'open' | 'closed' | 'silent';

/** What is believed of one port of one device: a fold over the evidence, never edited by hand. */
export interface Service {
  readonly device: string;
  readonly transport: Transport;
  readonly port: number;
  readonly state: ServiceState;
  /** Id of a protocol, a name that the user gave, or `unknown`. */
  readonly protocol: string;
  readonly version: string;
  readonly over: Carrier;
  readonly access: Access | 'unknown';
  /** Of the protocol; `hint` where only the port number speaks for it. */
  readonly certainty: Certainty;
  /** Particulars in order of appearance: HTTP title, Server, CoAP resources. */
  readonly details: readonly Detail[];
  readonly tls?: TlsFacts;
  readonly unrecognised?: Signature;
  /** Payload bytes of the largest answer to one question, and of that question. */
  readonly amplification?: { readonly sent: number; readonly received: number };
  /** Who saw it: a port seen by a scan and in traffic has both. */
  readonly sources: readonly EvidenceSource[];
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Ids of the evidence for what is said here, oldest first, at most 32. */
  readonly evidence: readonly number[];
}

export interface Detail {
  readonly name: string;
  readonly value: Untrusted;
}
