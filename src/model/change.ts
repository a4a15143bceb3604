import type { BoundPolicy } from './bound-policy.ts';
import type { Instant } from './core.ts';

/**
 * A set of firewall rules to apply, as it was compiled: what is loaded is what was shown. It can be
 * taken back until somebody confirms it, and after that by the change before it.
 */
export interface Change {
  /** `PTL-C-7F3K2M`, by its rules: the same policy of the same network gives the same id. */
  readonly id: string;
  readonly at: Instant;
  /** Account that made it. */
  readonly by: string;
  /** Id of the firewall's family. */
  readonly target: string;
  /** Text of the policy that it was compiled from: what is refreshed later is this one, not its drafts. */
  readonly policy: string;
  /** The same with every name looked up. */
  readonly bound: BoundPolicy;
  /** Bridges on which traffic within one segment is filtered as well. */
  readonly bridges?: readonly string[];
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** Where a change is on its way; `stuck` is the one that a person has to look at. */
export type ChangeState =
  | 'planned'
  | 'armed'
  | 'loaded'
  | 'confirmed'
  | 'rolled-back'
  | 'refused'
  | 'stuck';

/** Recorded conversations of one kind that fare alike: who with whom, over what. */
export interface FlowGroup {
  /** Id in the inventory, where an end is a managed device. */
  readonly device?: string;
  readonly source: string;
  readonly destination: string;
  /** By which the source had asked for the destination. */
  readonly name?: string;
  /** `tcp/8883`. */
  readonly service: string;
  readonly direction: 'egress' | 'ingress';
  readonly flows: number;
  readonly bytes: number;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Sentence of the decision, and the rules that decide. */
  readonly because: string;
  readonly rules: readonly string[];
}

/** What recorded traffic would meet, had the change been in force. */
export interface RecordedEffect {
  readonly flows: number;
  /** Passed before and would pass. */
  readonly stillAllowed: number;
  /** Was denied and would be. */
  readonly stillBlocked: number;
  /** Within one segment, multicast, or no IP: no packet of it meets the router's rules. */
  readonly elsewhere: number;
  readonly newlyBlocked: readonly FlowGroup[];
  readonly newlyAllowed: readonly FlowGroup[];
  /** Passes because its device is on trial. */
  readonly wouldBlock: readonly FlowGroup[];
}
