import type { FlowPicture, PictureLink, PictureNode } from '../../../model/api/flows.ts';
import type { Talk } from '../../store/flow-totals.ts';
import type { SiteFacts } from './site-facts.ts';
import { serviceOf } from './zone-matrix.ts';
import { GROUP } from './zones.ts';

/** Nodes that a person can still read. */
const NODES = 60;
/** Services of one link that are named. */
const SERVICES = 6;
/** A service of one end that so many others use is a hub: its links would hide all others. */
const HUB_FROM = 8;

interface Draft {
  readonly id: string;
  readonly label: string;
  readonly zone: string;
  readonly isDevice: boolean;
  readonly since: number;
  readonly neighbours: Set<string>;
  flows: number;
}

interface Link {
  readonly from: Draft;
  readonly to: Draft;
  readonly services: Set<string>;
  flows: number;
  bytes: number;
}

/**
 * Who talks to whom, as a picture: a column for each zone, a row for each end, at places that stay.
 * Devices stand in the order in which they came, so that a newcomer moves nobody. Links of a hub
 * (names, time, the way out) are folded into it.
 */
export function flowPicture(facts: SiteFacts, talks: readonly Talk[]): FlowPicture {
  const { ends, links } = drafted(facts, talks);
  const ranked = [...ends].sort((a, b) => b.flows - a.flows || (a.id < b.id ? -1 : 1));
  const shown = new Set(ranked.slice(0, NODES));
  const hubs = new Set([...shown].filter(({ neighbours }) => neighbours.size >= HUB_FROM));
  return {
    nodes: placed(facts, [...shown], hubs),
    links: links
      .filter(({ from, to }) => shown.has(from) && shown.has(to))
      .filter(({ from, to }) => !hubs.has(from) && !hubs.has(to))
      .map(linkOf),
    folded: foldedOf(ranked.slice(NODES)),
  };
}

function drafted(
  facts: SiteFacts,
  talks: readonly Talk[],
): { readonly ends: readonly Draft[]; readonly links: readonly Link[] } {
  const ends = new Map<string, Draft>();
  const links = new Map<string, Link>();
  for (const talk of talks) {
    if (facts.zones.of(talk.destination) === GROUP) continue;
    const from = endOf(facts, ends, talk.source, '');
    const to = endOf(facts, ends, talk.destination, talk.name);
    if (from === to) continue;
    to.neighbours.add(from.id);
    from.flows += talk.flows;
    to.flows += talk.flows;
    const key = `${from.id}\n${to.id}`;
    const link = links.get(key) ?? { from, to, services: new Set<string>(), flows: 0, bytes: 0 };
    links.set(key, link);
    link.flows += talk.flows;
    link.bytes += talk.bytes;
    if (link.services.size < SERVICES) link.services.add(serviceOf(talk));
  }
  return { ends: [...ends.values()], links: [...links.values()] };
}

/** Peers outside are known by name where one was asked for: a service has many addresses. */
function endOf(facts: SiteFacts, ends: Map<string, Draft>, address: string, name: string): Draft {
  const device = facts.names.device(address);
  const zone = facts.zones.of(address);
  const label = name !== '' && zone === facts.zones.outside ? name.toLowerCase() : address;
  const id = device?.id ?? label;
  const known = ends.get(id);
  if (known !== undefined) return known;
  const draft: Draft = {
    id,
    label: device === undefined ? label : facts.named(device.id).name,
    zone: device === undefined ? zone : facts.zoneOf(device),
    isDevice: device !== undefined,
    since: device?.firstSeen ?? Number.MAX_SAFE_INTEGER,
    neighbours: new Set(),
    flows: 0,
  };
  ends.set(id, draft);
  return draft;
}

function placed(
  { zones }: SiteFacts,
  shown: readonly Draft[],
  hubs: ReadonlySet<Draft>,
): readonly PictureNode[] {
  const inside = [...new Set(shown.map(({ zone }) => zone))]
    .filter((zone) => zone !== zones.outside)
    .sort();
  return [...inside, zones.outside].flatMap((zone, column) =>
    shown
      .filter((one) => one.zone === zone)
      .sort((a, b) => a.since - b.since || (a.id < b.id ? -1 : 1))
      .map((one, row) => ({
        id: one.id,
        label: one.label,
        zone,
        column,
        row,
        kind: hubs.has(one) ? 'hub' : one.isDevice ? 'device' : 'peer',
      })),
  );
}

function linkOf({ from, to, services, flows, bytes }: Link): PictureLink {
  return { from: from.id, to: to.id, services: [...services], flows, bytes };
}

function foldedOf(rest: readonly Draft[]): FlowPicture['folded'] {
  const counts = new Map<string, number>();
  for (const { zone } of rest) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  return Array.from(counts, ([zone, count]) => ({ zone, count }));
}
