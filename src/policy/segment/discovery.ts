import { NEVER_RELAYED } from './matter.ts';
import type { Crossing, GroupUse, Need, Relay, SegmentDevice } from './segment.ts';

const SSDP = 1900;
/** What a service announced by DNS-SD is called (RFC 6763 §7). */
const DNS_SD = /^_[a-z0-9-]{1,63}\._(?:tcp|udp)$/;

/** DNS-SD types under which a service is found, by the protocol that is spoken to it. */
const BY_PROTOCOL: Readonly<Record<string, readonly string[]>> = {
  googlecast: ['_googlecast._tcp'],
  airplay: ['_airplay._tcp', '_raop._tcp'],
  ipp: ['_ipp._tcp', '_ipps._tcp'],
  jetdirect: ['_pdl-datastream._tcp'],
  lpd: ['_printer._tcp'],
  homekit: ['_hap._tcp'],
};

/**
 * What has to be relayed so that whoever uses a service across a border still finds it: the types
 * that its server announces for the port that is used, in the one direction in which it is used.
 */
export function relaysOf(
  crossings: readonly Crossing[],
  groups: readonly GroupUse[],
  devices: readonly SegmentDevice[],
): readonly Relay[] {
  const searches = searchesOf(groups);
  const found = crossings.flatMap(({ from, to, needs }) =>
    needs.flatMap((need) => {
      const server = devices[need.server];
      if (server === undefined || devices[need.client] === undefined) return [];
      const pair = `${need.client} ${need.server}`;
      return foundBy(need, server, searches).map(
        ([protocol, types]): Found => ({ protocol, from: to, to: from, types, pair }),
      );
    }),
  );
  return gathered(found);
}

interface Found extends Pick<Relay, 'protocol' | 'from' | 'to' | 'types'> {
  readonly pair: string;
}

function searchesOf(groups: readonly GroupUse[]): ReadonlyMap<number, ReadonlySet<number>> {
  const searches = new Map<number, Set<number>>();
  for (const { sender, port } of groups) {
    searches.set(sender, (searches.get(sender) ?? new Set()).add(port));
  }
  return searches;
}

/** One for each pair of zones and protocol. */
function gathered(found: readonly Found[]): readonly Relay[] {
  const byZones = new Map<string, Found[]>();
  for (const one of found) {
    const key = `${one.protocol} ${one.from} ${one.to}`;
    byZones.set(key, [...(byZones.get(key) ?? []), one]);
  }
  return [...byZones]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, all]) => {
      const [first] = all;
      if (first === undefined) return [];
      const { protocol, from, to } = first;
      const types = [...new Set(all.flatMap((one) => one.types))].sort();
      return [{ protocol, from, to, types, pairs: new Set(all.map(({ pair }) => pair)).size }];
    });
}

function foundBy(
  need: Need,
  server: SegmentDevice,
  searches: ReadonlyMap<number, ReadonlySet<number>>,
): readonly (readonly [Relay['protocol'], readonly string[]])[] {
  const named = server.advertises.filter(({ transport, port }) => {
    return transport === need.protocol && port >= need.from && port <= need.to;
  });
  const announced = named.map(({ type }) => type).filter((type) => DNS_SD.test(type));
  const usual = BY_PROTOCOL[need.application] ?? [];
  const all = server.advertises.map(({ type }) => type);
  const types = [...announced, ...usual.filter((type) => all.includes(type))].filter(
    (type) => !NEVER_RELAYED.has(type),
  );
  const asks = searches.get(need.client);
  const isUpnp = named.some(({ type }) => type === 'upnp');
  return [
    ...(types.length === 0 ? [] : [['mdns', types] as const]),
    // Only where the client was seen to ask: a page that is opened by hand needs no discovery.
    ...(isUpnp && asks?.has(SSDP) === true ? [['ssdp', ['upnp:rootdevice']] as const] : []),
  ];
}
