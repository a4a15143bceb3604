import type { Address } from '../base/address.ts';

/** The first packet of a connection, as the router meets it. */
export interface NewConnection {
  /** Names of interfaces; `outInterface` undefined: to the router itself. */
  readonly inInterface: string;
  readonly outInterface?: string;
  readonly sourceMac?: string;
  readonly source: Address;
  readonly destination: Address;
  /** IANA protocol number. */
  readonly protocol: number;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** ICMP or ICMPv6. */
  readonly type?: number;
  /** DNS name by which the source knew the destination. */
  readonly name?: string;
}

/** `leave`: we give no verdict; whatever else rules there decides. */
export type Verdict = 'allow' | 'drop' | 'reject' | 'leave';

/** What becomes of it, and who said so. */
export interface Decision {
  readonly verdict: Verdict;
  /** A device in trial: it passes, and would not. */
  readonly wouldBlock: boolean;
  /** Ids of the rules that decided, egress first; empty where a default did. */
  readonly rules: readonly string[];
  /** One sentence. */
  readonly because: string;
}
