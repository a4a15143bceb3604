import { recalled, replay } from '../../detectors/replay.ts';
import type { Instant } from '../../model/core.ts';
import type { Observation } from '../../model/observation.ts';
import type { Store, StoredFlow } from '../store/store.ts';

/** Milliseconds that are looked at together, at least. */
const HOUR = 3_600_000;
/** Spans into which the time is divided at most: the hours of 14 days. */
const SPANS = 336;
/** Flows of one span, the newest: of each hour there are some, however many there are in all. */
const MOST = 1500;
/** What evidence says beside them, the oldest, each thing once. */
const RECALLED = 50_000;

/** What of a store is needed. */
export type PastStore = Pick<Store, 'flows' | 'evidence'>;

/**
 * What stored flows and evidence say happened between then and now, a span after the other, the oldest
 * first; no more flows than those of one span are held. Of a span that has more than 1,500 flows the
 * newest stand for all. Who takes it may let others have a turn: at each `undefined` nothing is under
 * way in the store.
 */
export function* past(
  store: PastStore,
  since: Instant,
  now: Instant,
): Generator<Observation | undefined> {
  const facts = yield* factsUntil(store, now);
  const length = Math.max(HOUR, (now - since) / SPANS);
  let told = 0;
  let isBegun = false;
  for (let begin = since; begin < now; begin += length) {
    const flows = replay(yield* flowsIn(store, begin, begin + length));
    // What is learned begins with the first flow, and not with what was said long before it.
    if (!isBegun && flows.length === 0) continue;
    const from = isBegun ? begin : Math.max(begin, flows[0]?.at ?? begin);
    isBegun = true;
    const said = spanOf(facts, told, begin + length);
    told += said.length;
    for (const one of [...flows, ...said].sort((a, b) => a.at - b.at)) {
      // What had begun before is known from now on: time does not go back.
      yield one.at < from ? { ...one, at: from } : one;
    }
  }
}

/** Those from the `first` on that were before then. */
function spanOf(
  facts: readonly Observation[],
  first: number,
  end: Instant,
): readonly Observation[] {
  const next = facts.findIndex(({ at }, index) => index >= first && at >= end);
  return facts.slice(first, next < 0 ? facts.length : next);
}

function* flowsIn(
  store: PastStore,
  begin: Instant,
  end: Instant,
): Generator<undefined, readonly StoredFlow[]> {
  const flows: StoredFlow[] = [];
  for (const flow of store.flows({
    ...{ since: begin, byOthers: true, limit: MOST },
    after: { lastSeen: end, id: 0 },
  })) {
    flows.push(flow);
    yield undefined;
  }
  return flows;
}

/** What evidence says happened, whenever: that a device announces something is told once. */
function* factsUntil(store: PastStore, now: Instant): Generator<undefined, readonly Observation[]> {
  const facts = new Map<string, Observation>();
  for (const evidence of store.evidence()) {
    const observation = recalled(evidence);
    if (observation !== undefined && observation.at < now && facts.size < RECALLED) {
      const key = JSON.stringify({ ...observation, at: 0 });
      if (!facts.has(key)) facts.set(key, observation);
    }
    yield undefined;
  }
  return [...facts.values()].sort((a, b) => a.at - b.at);
}
