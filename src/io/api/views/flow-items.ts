import type { FlowEnd, FlowItem } from '../../../model/api/flows.ts';
import type { StoredFlow } from '../../store/store.ts';
import { isEncrypted } from './port-items.ts';
import type { SiteFacts } from './site-facts.ts';

export function flowItem(facts: SiteFacts, flow: StoredFlow): FlowItem {
  const { id, firstSeen, lastSeen, transport, protocol, sent, received, outcome } = flow;
  return {
    id,
    firstSeen,
    lastSeen,
    source: end(facts, flow.source),
    destination: end(facts, flow.destination),
    transport,
    protocol,
    name: flow.sni ?? flow.name ?? '',
    sentBytes: sent.bytes,
    receivedBytes: received.bytes,
    packets: sent.packets + received.packets,
    outcome,
    encrypted: isEncrypted(protocol, flow.over),
    communityId: flow.communityId,
    ...(flow.scan === undefined ? {} : { scan: flow.scan }),
    displayFilter: filterOf(flow),
  };
}

function end(
  facts: SiteFacts,
  { address, port, mac }: { address: string; port: number; mac?: string },
): FlowEnd {
  // Behind a router every stranger has the router's MAC: the address goes first.
  const zone = facts.zones.of(address);
  const isOutside = zone === facts.zones.outside;
  const known = facts.names.device(address) ?? (isOutside ? undefined : byMac(facts, mac));
  return {
    address,
    port,
    ...(known === undefined ? {} : { device: facts.named(known.id) }),
    zone,
  };
}

function byMac(facts: SiteFacts, mac: string | undefined): { readonly id: string } | undefined {
  return mac === undefined ? undefined : facts.names.device(mac);
}

/** Addresses are canonical and the rest are numbers: nothing foreign gets into it. */
function filterOf({ source, destination, transport }: StoredFlow): string {
  const ends = [source, destination].map(({ address }) => {
    const bare = address.replace(/%.*$/, '');
    if (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(bare)) return `eth.addr == ${bare}`;
    return bare.includes(':') ? `ipv6.addr == ${bare}` : `ip.addr == ${bare}`;
  });
  const ports =
    transport === 'tcp' || transport === 'udp'
      ? [source, destination].map(({ port }) => `${transport}.port == ${port}`)
      : [];
  return [...new Set([...ends, ...ports])].join(' && ');
}
