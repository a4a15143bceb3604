import type { AddressRange } from '../../base/address.ts';
import type { Instant } from '../../model/core.ts';
import type { Fact, NewEvidence, PresenceVia } from '../../model/evidence.ts';
import type { Protocol } from '../../protocols/protocol.ts';
import type { Gate } from '../scan/gate.ts';
import type { Scope } from '../scan/scan-types.ts';
import type { Link } from './interfaces.ts';

export interface DiscoverPlan {
  /** `PTL-S-…`. */
  readonly observer: string;
  readonly targets: readonly AddressRange[];
  readonly scope: Scope;
  /** Of everything that leaves, the kernel's own address resolution included; at most 250 by default. */
  readonly packetsPerSecond: number;
}

/** What discovery needs from its surroundings. */
export interface DiscoverContext {
  readonly signal: AbortSignal;
  /** Those of them that have a `search` are driven. */
  readonly protocols: readonly Protocol[];
  readonly links: readonly Link[];
  now(): Instant;
  /** 32 random bytes. */
  nonce(): Uint8Array;
  /** One sentence for the user: what could not be done, and why. */
  note(text: string): void;
  /** Addresses asked so far, and how many there are to ask. */
  progress?(asked: number, total: number): void;
  readonly descriptions?: Descriptions;
  /** What is known of this machine itself, which is a device of the network too. */
  readonly machine?: readonly Fact[];
  /** Shut while the scan pauses. */
  readonly gate?: Gate;
}

/** How the documents that devices point at (SSDP LOCATION) are got and read. */
export interface Descriptions {
  /**
   * Fetches from the address that named the URL and from nowhere else; undefined where the URL
   * leads elsewhere or nothing came.
   */
  fetch(url: string, from: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  parse(document: Uint8Array): readonly Fact[];
  /**
   * What the device answers to questions that the document names (the port mappings of a gateway):
   * reads only, to the address that named the URL, each after a `turn`.
   */
  ask?(
    document: Uint8Array,
    url: string,
    from: string,
    turn: () => Promise<void>,
    signal: AbortSignal,
  ): Promise<readonly Fact[]>;
}

/** Where evidence goes. */
export type Emit = (evidence: readonly NewEvidence[]) => void;

export interface Found {
  /** As in `Subject`. */
  readonly address: string;
  readonly mac?: string;
  readonly via: readonly PresenceVia[];
  /** An address of this machine. */
  readonly own: boolean;
  /**
   * Whether it lies in the plan's targets, or is a link-local address on a link that was asked for
   * as a whole; everything else was only met on the way.
   */
  readonly targeted: boolean;
}

export interface Discovery {
  /** Everything inside the scope that is there, by address. */
  readonly found: ReadonlyMap<string, Found>;
  /** Packets that were let through. */
  readonly packets: number;
  /** Datagrams from addresses outside the scope, which were not looked at. */
  readonly outsideScope: number;
  /** Datagrams beyond what one sender or all together may send us. */
  readonly flooded: number;
  readonly interrupted: boolean;
}
