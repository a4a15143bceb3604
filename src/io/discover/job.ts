import type { Neighbour } from '../../importers/neighbours.ts';
import type { DiscoverContext, DiscoverPlan } from './discover-types.ts';
import type { Pacer } from './pacer.ts';
import type { Recorder } from './recorder.ts';

/** What all ways of discovery share during one run. */
export interface Job {
  readonly plan: DiscoverPlan;
  readonly context: DiscoverContext;
  readonly pacer: Pacer;
  readonly recorder: Recorder;
  /** The neighbour table before the first packet. */
  readonly before: ReadonlyMap<string, Neighbour>;
  /** Counts one more address as asked. */
  asked(): void;
}
