import type { Endpoint } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';

/** Whose conversation it is, and when. */
export interface DialogueContext {
  readonly at: number;
  readonly frame: number | undefined;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly transport: 'tcp' | 'other';
}

export type Side = 'client' | 'server';

/** What is not whole of what was heard. */
export interface Gaps {
  /** Octets that are missing before it. */
  readonly ahead: number;
  /** The capture kept only its start. */
  readonly isCut: boolean;
}

/** What both sides moved when it was over. */
export interface Totals {
  readonly sent: number;
  readonly received: number;
}

export type Tell = (observation: Observation) => void;

/**
 * Follows one conversation of one protocol for what a watchman wants to know: logins, operations,
 * handshakes. It is given each segment once, in the order of the packets, and keeps little.
 */
export interface Dialogue {
  /** @returns whether it wants to hear more */
  said(side: Side, bytes: Uint8Array, context: DialogueContext, gaps: Gaps): boolean;
  /** Whether what a side says now would tell it nothing: long answers are not even looked at. */
  ignores?(side: Side): boolean;
  /** It is over. */
  closed?(context: DialogueContext, totals: Totals): void;
}

/** The contract of a file in this folder. */
export interface DialogueKind {
  readonly id: string;
  /** Over datagrams too; all others are over TCP. */
  readonly datagrams?: true;
  /** Whether the first thing that was said begins such a conversation. */
  begins(bytes: Uint8Array, side: Side): boolean;
  start(tell: Tell): Dialogue;
}
