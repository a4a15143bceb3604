import type { ErrorCode } from '../../base/errors.ts';
import type { NewEvidence } from '../../model/evidence.ts';
import type { Flow } from '../../model/flow.ts';
import type { Observation } from '../../model/observation.ts';
import type { Instruction } from '../../wire/bpf/instruction.ts';

/*
 * What is said between the capture helper and whoever started it. The helper is told everything in
 * its arguments, as JSON; it answers with one JSON object a line. It has no other door: no listener,
 * no file but the one that it was given open, and the end of its standard input ends it.
 */

export type Method = 'ring' | 'tcpdump' | 'dumpcap';

export interface CaptureRequest {
  /** Name of an interface, or `any`. */
  readonly interface: string;
  /** Of the evidence. */
  readonly observer: string;
  /** As it was written, for tcpdump; and compiled for what the kernel shows of either link. */
  readonly filter: string;
  readonly programs: {
    readonly ethernet?: readonly Instruction[];
    readonly cooked?: readonly Instruction[];
  };
  readonly promiscuous: boolean;
  readonly direction: 'both' | 'in' | 'out';
  /** Packets after which it ends; 0 for never. */
  readonly count: number;
  /** All flows as they end, the newest few of each second, or none. */
  readonly flows: FlowsWanted;
  /** What happens, for those who watch for what is wrong. */
  readonly observes?: boolean;
  /** Only these ways are tried, in this order. */
  readonly methods: readonly Method[];
  /** Open file to which the frames are written, as pcap; -1 for none. */
  readonly write: number;
  /** Octets of each frame that are written there at most; 0 for all. */
  readonly snaplen?: number;
  /** Whom it becomes where it was started as root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export type FlowsWanted = 'all' | 'newest' | 'none';

export interface CaptureStatus {
  readonly packets: number;
  /** On the wire. */
  readonly octets: number;
  /** Lost for want of room before they were looked at; undefined where the way does not say. */
  readonly dropped?: number;
  /** Conversations under way, and over. */
  readonly active: number;
  readonly flows: number;
  /** Octets of TCP that are missing, of all octets of TCP. */
  readonly lost: number;
  readonly streamed: number;
  /** Conversations that were forgotten for want of room, and frames that are damaged or foreign. */
  readonly evicted: number;
  readonly undecoded: number;
  /** Observations that were too many to be told. */
  readonly untold?: number;
}

export type CaptureMessage =
  | {
      readonly kind: 'ready';
      readonly method: Method | 'file';
      /** Rights that the helper still has while it looks at packets. */
      readonly rights: 'none' | 'kept';
      readonly linkType: number;
    }
  | { readonly kind: 'flow'; readonly flow: Flow }
  | { readonly kind: 'evidence'; readonly evidence: readonly NewEvidence[] }
  | { readonly kind: 'observations'; readonly observations: readonly Observation[] }
  | { readonly kind: 'status'; readonly status: CaptureStatus }
  | { readonly kind: 'end'; readonly why: 'stopped' | 'count' | 'end-of-file' | 'failed' }
  | {
      readonly kind: 'error';
      readonly code: ErrorCode;
      readonly message: string;
      readonly remedy: string;
    };
