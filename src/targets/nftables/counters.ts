export interface RuleCounter {
  readonly packets: number;
  readonly bytes: number;
}

/** `… counter packets 3 bytes 180 drop comment "r1"`; of an element the comment comes at once. */
const LINE =
  /\bcounter packets (\d{1,20}) bytes (\d{1,20})\b[^",\n]*comment "([a-z][a-z0-9_-]{0,39})"/g;

/**
 * What each rule has counted, by its id, from what `nft list` prints: a rule stands in as many lines
 * as it has families and paths. Only first packets of connections come to it.
 */
export function ruleCounters(listing: string): ReadonlyMap<string, RuleCounter> {
  const counters = new Map<string, RuleCounter>();
  for (const [, packets, bytes, id = ''] of listing.matchAll(LINE)) {
    const sum = counters.get(id) ?? { packets: 0, bytes: 0 };
    counters.set(id, { packets: sum.packets + Number(packets), bytes: sum.bytes + Number(bytes) });
  }
  return counters;
}
