import type { ZoneCell, ZoneMatrix } from '../../../model/api/flows.ts';
import type { Instant } from '../../../model/core.ts';
import type { Talk } from '../../store/flow-totals.ts';
import type { SiteFacts } from './site-facts.ts';
import { GROUP } from './zones.ts';

/** Services of one cell that are named: those of most flows. */
const SERVICES = 8;
const DAY = 86_400_000;

interface Draft {
  flows: number;
  bytes: number;
  newFlows: number;
  denied: number;
  readonly services: Map<string, number>;
  readonly devices: Set<string>;
}

/**
 * Who talks to whom, by zone.
 *
 * @param isDenied what the policy says of a conversation
 */
export function zoneMatrix(
  facts: SiteFacts,
  talks: readonly Talk[],
  since: Instant,
  isDenied: (talk: Talk) => boolean,
): ZoneMatrix {
  const drafts = new Map<string, Draft>();
  for (const talk of talks) {
    const from = facts.zones.of(talk.source);
    const to = facts.zones.of(talk.destination);
    if (to === GROUP) continue;
    const key = JSON.stringify([from, to]);
    const draft = drafts.get(key) ?? empty();
    drafts.set(key, draft);
    add(draft, talk, facts, isDenied(talk));
  }
  const cells = Array.from(drafts, ([key, draft]) => cellOf(key, draft));
  const zones = zonesIn(facts, cells);
  const place = new Map(zones.map((zone, index) => [zone, index]));
  const at = (zone: string): number => place.get(zone) ?? 0;
  cells.sort((a, b) => at(a.from) - at(b.from) || at(a.to) - at(b.to));
  return { zones, cells, since };
}

function empty(): Draft {
  return { flows: 0, bytes: 0, newFlows: 0, denied: 0, services: new Map(), devices: new Set() };
}

function add(draft: Draft, talk: Talk, facts: SiteFacts, isDenied: boolean): void {
  const service = serviceOf(talk);
  draft.flows += talk.flows;
  draft.bytes += talk.bytes;
  if (talk.first >= facts.site.at - DAY) draft.newFlows += talk.flows;
  if (isDenied) draft.denied += talk.flows;
  draft.services.set(service, (draft.services.get(service) ?? 0) + talk.flows);
  draft.devices.add(facts.namedBy(talk.source).id);
}

function cellOf(key: string, draft: Draft): ZoneCell {
  const [from = '', to = ''] = pair(key);
  return {
    from,
    to,
    flows: draft.flows,
    bytes: draft.bytes,
    services: [...draft.services]
      .sort((a, b) => b[1] - a[1])
      .slice(0, SERVICES)
      .map(([service]) => service),
    devices: draft.devices.size,
    newFlows: draft.newFlows,
    denied: draft.denied,
  };
}

function pair(key: string): readonly string[] {
  const parsed: unknown = JSON.parse(key);
  return Array.isArray(parsed) ? parsed.map(String) : [];
}

/** Inside by name, outside last. */
function zonesIn({ zones }: SiteFacts, cells: readonly ZoneCell[]): readonly string[] {
  const all = new Set(cells.flatMap(({ from, to }) => [from, to]));
  const inside = [...all].filter((zone) => zone !== zones.outside).sort();
  return all.has(zones.outside) ? [...inside, zones.outside] : inside;
}

/** `tcp/443 http`; the port alone where nobody knows what was spoken. */
export function serviceOf({
  transport,
  port,
  protocol,
}: Pick<Talk, 'transport' | 'port' | 'protocol'>): string {
  const place = transport === 'tcp' || transport === 'udp' ? `${transport}/${port}` : transport;
  return protocol === 'unknown' ? place : `${place} ${protocol}`;
}
