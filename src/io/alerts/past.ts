import { replay } from '../../detectors/replay.ts';
import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { Store, StoredFlow } from '../store/store.ts';

/** Milliseconds that are looked at together, at least. */
const HOUR = 3_600_000;
/** Spans into which the time is divided at most: the hours of 14 days. */
const SPANS = 336;
/** Flows of one span, the newest: of each hour there are some, however many there are in all. */
const MOST = 1500;

/**
 * What stored flows say happened between then and now, a span after the other, the oldest first; no
 * more than one span is held. Of a span that has more than 1,500 flows the newest stand for all.
 */
export function* past(
  store: Pick<Store, 'flows'>,
  since: Instant,
  now: Instant,
): Generator<Observation | undefined> {
  const length = Math.max(HOUR, (now - since) / SPANS);
  for (let begin = since; begin < now; begin += length) {
    const flows: StoredFlow[] = [];
    const after = { lastSeen: begin + length, id: 0 };
    for (const flow of store.flows({ since: begin, after, limit: MOST })) {
      flows.push(flow);
      // Who takes it may let others have a turn: nothing is under way in the store.
      yield undefined;
    }
    for (const observation of replay(flows)) {
      // What had begun before is known from now on: time does not go back.
      yield observation.at < begin ? { ...observation, at: begin } : observation;
    }
  }
}
