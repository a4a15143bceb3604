import type { Instant } from './core.ts';

/** The rules of one firewall as somebody read them: what the ledger's *allowed* is answered from. */
export interface FirewallReading {
  readonly id: number;
  readonly at: Instant;
  /** `this machine`, or the file's name; a newer reading of the same origin takes its place. */
  readonly origin: string;
  /** Id of the target that reads its language: `nftables`. */
  readonly target: string;
  readonly text: string;
  /** What it is attached to; empty where only its rules were handed over. */
  readonly links: readonly FirewallLink[];
}

/** One network of a router. */
export interface FirewallLink {
  readonly interface: string;
  /** The router's own address there. */
  readonly address: string;
  /** In CIDR form. */
  readonly network: string;
  /** Towards its own default router: the internet. */
  readonly outside: boolean;
}

export const THIS_MACHINE = 'this machine';
