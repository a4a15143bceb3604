import type { Fact } from '../../model/evidence.ts';
import type { Emit } from '../discover/discover-types.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import type { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import type { Budget } from './pace.ts';
import type { Planner } from './planner.ts';
import type { ScanPlan, ScanSink } from './scan-types.ts';
import type { Sockets } from './sockets.ts';

/** Who was found, and how many packets that took. */
export interface DiscoverResult {
  readonly found: ReadonlyMap<string, { readonly mac?: string; readonly targeted: boolean }>;
  readonly packets: number;
}

/** What a scan needs from its surroundings. */
export interface ScanContext {
  readonly signal: AbortSignal;
  /** Wall clock, for evidence. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** 32 random bytes. */
  nonce(): Uint8Array;
  /** Asked once, before any port is; an abort gives what was found until then. */
  discover(emit: Emit, progress: (asked: number, total: number) => void): Promise<DiscoverResult>;
  /** Every address of the targets, for a scan that does not look who is there (`-Pn`). */
  addresses(): Iterable<string>;
  /**
   * What a router tells of its port mappings, which it describes at `location`: reads only, each
   * after a `turn`. Nothing where it was asked before.
   */
  gateway?(location: string, address: string, turn: () => Promise<void>): Promise<readonly Fact[]>;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly planner: Planner;
  /** Shut while the scan pauses. */
  readonly gate?: Gate;
}

/** What the devices of one scan share. */
export interface Job {
  readonly plan: ScanPlan;
  readonly sink: ScanSink;
  readonly context: ScanContext;
  readonly budget: Budget;
  readonly sockets: Sockets;
  readonly checkpoint: Checkpoint;
  readonly counters: Counters;
  /** Once a sentence. */
  note(text: string): void;
}

export interface Counters {
  done: number;
  total: number;
  devices: number;
  services: number;
  current: string;
  /** Ports that were to be asked and could not be. */
  unasked: number;
}
