import type { TableCounters } from './table.ts';

/** What was seen, and what could not be kept. */
export interface PassiveCounters extends TableCounters {
  readonly packets: number;
  readonly octets: number;
  readonly flows: number;
  /** Octets of streams that are missing, and all octets of streams. */
  readonly lost: number;
  readonly streamed: number;
  /** Streams of which one side only was seen: the capture sees one direction. */
  readonly oneSided: number;
  /** Conversations that were settled early for want of room. */
  readonly hurried: number;
  /** Datagrams in pieces of which some never came. */
  readonly incomplete: number;
  /** Frames by EtherType that are no IP. */
  readonly etherTypes: ReadonlyMap<number, number>;
}
