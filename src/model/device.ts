import type { Untrusted } from '../base/untrusted.ts';
import type { Category, Certainty, Instant, Robustness } from './core.ts';
import type { AttributeName, EvidenceSource } from './evidence.ts';

/** What is believed of an attribute, and the evidence that it rests on (ids, strongest first). */
export interface Belief {
  readonly value: Untrusted;
  readonly certainty: Certainty;
  readonly source: EvidenceSource;
  readonly evidence: readonly number[];
}

/** What is believed of one device: a fold over the evidence, never edited by hand. */
export interface Device {
  /** `PTL-D-7F3K`; the same for as long as any of its keys is. */
  readonly id: string;
  /** What it is known by, first seen first: `mac:…`, `uuid:…`, `mdns:…`, `address:…`. */
  readonly keys: readonly string[];
  /** Most recently seen first. */
  readonly addresses: readonly string[];
  readonly macs: readonly string[];
  /** All that was said about an attribute, best first; the first is what is shown. */
  readonly attributes: Readonly<Partial<Record<AttributeName, readonly Belief[]>>>;
  /** What to call it: the user's name, its own name, or vendor and model; never empty. */
  readonly name: Untrusted;
  readonly category: Category | 'unknown';
  readonly robustness: Robustness;
  /** Why it is treated so, in words; for `unknown` empty. */
  readonly robustnessReason: string;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** Id of the device that speaks for this one (a Zigbee lamp behind its bridge). */
  readonly behind?: string;
  /** It stopped answering while it was asked, then. */
  readonly distressedAt?: Instant;
  /** Two devices claim one MAC or one address at once: shown, not merged. */
  readonly conflicts: readonly string[];
}
