import type { Lane } from '../../../model/api/flows.ts';
import type { Instant } from '../../../model/core.ts';
import type { StoredFlow } from '../../store/store.ts';
import type { SiteFacts } from './site-facts.ts';
import { serviceOf } from './zone-matrix.ts';

/** Lanes of one device: those of most flows. */
const LANES = 60;
/** Bars over the whole time. */
const BARS = 96;

interface Draft {
  readonly peer: string;
  readonly service: string;
  readonly direction: Lane['direction'];
  readonly bytes: Float64Array;
  flows: number;
}

/** One lane for each service and peer of a device, with what went over it in time. */
export function lanesOf(
  facts: SiteFacts,
  addresses: ReadonlySet<string>,
  flows: Iterable<StoredFlow>,
  { since, until }: { readonly since: Instant; readonly until: Instant },
): readonly Lane[] {
  const width = Math.max(1, Math.ceil((until - since) / BARS));
  const drafts = new Map<string, Draft>();
  for (const flow of flows) {
    const draft = draftOf(facts, addresses, flow, drafts);
    draft.flows += 1;
    spread(draft.bytes, flow, since, width);
  }
  return [...drafts.values()]
    .sort((a, b) => b.flows - a.flows)
    .slice(0, LANES)
    .map(({ peer, service, direction, bytes, flows: count }) => ({
      peer,
      service,
      direction,
      bars: barsOf(bytes, since, width),
      flows: count,
    }));
}

function draftOf(
  facts: SiteFacts,
  addresses: ReadonlySet<string>,
  { source, destination, transport, protocol, sni, name }: StoredFlow,
  drafts: Map<string, Draft>,
): Draft {
  const isOut = addresses.has(source.address);
  const other = isOut ? destination.address : source.address;
  const known = facts.names.device(other);
  const asked = isOut ? (sni ?? name) : undefined;
  const peer = known === undefined ? (asked ?? other) : facts.named(known.id).name;
  const service = serviceOf({ transport, port: destination.port, protocol });
  const direction = isOut ? 'from-device' : 'to-device';
  const key = `${direction}\n${service}\n${peer}`;
  const draft = drafts.get(key) ?? {
    peer,
    service,
    direction,
    bytes: new Float64Array(BARS),
    flows: 0,
  };
  drafts.set(key, draft);
  return draft;
}

/** A conversation's octets, evenly over its time: when each went is not kept. */
function spread(bars: Float64Array, flow: StoredFlow, since: Instant, width: number): void {
  const first = clamp(Math.floor((flow.firstSeen - since) / width));
  const last = clamp(Math.floor((flow.lastSeen - since) / width));
  const share = (flow.sent.bytes + flow.received.bytes) / (last - first + 1);
  // A flow of no payload was there all the same.
  for (let at = first; at <= last; at += 1) bars[at] = (bars[at] ?? 0) + Math.max(share, 1);
}

function clamp(index: number): number {
  return Math.min(BARS - 1, Math.max(0, index));
}

/** Spans without anything have no bar. */
function barsOf(bytes: Float64Array, since: Instant, width: number): Lane['bars'] {
  const bars: { from: Instant; to: Instant; bytes: number }[] = [];
  bytes.forEach((amount, index) => {
    if (amount === 0) return;
    const from = since + index * width;
    bars.push({ from, to: from + width, bytes: Math.round(amount) });
  });
  return bars;
}
