import type { PortRange, PortSet } from '../../base/port-set.ts';
import type { Direction } from '../../model/core.ts';
import type { PolicyAction, ServiceMatch } from '../../model/policy.ts';
import { protocolNumber } from '../services.ts';
import { mirrorType } from './initiator.ts';
import { ACL, DNS, MUD } from './modules.ts';
import type { Ace, MudPeers } from './mud.ts';
import type { PeerMatch } from './write-peers.ts';
import { NO_CLASSES } from './write-peers.ts';

export interface Relation {
  readonly direction: Direction;
  readonly family: 4 | 6;
  readonly peer: PeerMatch;
  readonly match: ServiceMatch;
  readonly action: PolicyAction;
  readonly log: boolean;
}

const HALVES: readonly PortRange[] = [
  { from: 0, to: 32_767 },
  { from: 32_768, to: 65_535 },
];
const EVERY_PORT: readonly (PortRange | undefined)[] = [undefined];

/** ACEs for one relation: one for each pair of port ranges, or for each type of ICMP. */
export function acesOf(relation: Relation): readonly Ace[] {
  const { match } = relation;
  if (match.protocol === 'icmp' || match.protocol === 'icmpv6') {
    const types = match.types.length === 0 ? [undefined] : match.types;
    return types.map((type) => aceOf(relation, {}, type));
  }
  const hasPorts = match.protocol === 'tcp' || match.protocol === 'udp';
  if (!hasPorts) return [aceOf(relation, {}, undefined)];
  const [sources, destinations] = told(relation);
  return sources.flatMap((source) =>
    destinations.map((destination) => aceOf(relation, { source, destination }, undefined)),
  );
}

/**
 * Port ranges from which a reader sees which side is asked. MUD has no direction for UDP: of two
 * ACEs that mirror each other the one with a port of its own only is the server's. So a server
 * without a port says that it listens on each half of them, and a client that is bound to a port
 * says that its peer may listen on each half.
 */
function told({
  direction,
  match,
  action,
}: Relation): readonly [readonly (PortRange | undefined)[], readonly (PortRange | undefined)[]] {
  const [sources, destinations] = [match.sourcePorts, match.destinationPorts].map(ranges);
  const isBare = match.protocol === 'udp' && match.destinationPorts.length === 0;
  const isUnclear = direction === 'to-device' || match.sourcePorts.length > 0;
  const split = action === 'allow' && isBare && isUnclear;
  return [sources ?? EVERY_PORT, split ? HALVES : (destinations ?? EVERY_PORT)];
}

function ranges(ports: PortSet): readonly (PortRange | undefined)[] {
  return ports.length === 0 ? EVERY_PORT : ports;
}

interface Ports {
  readonly source?: PortRange | undefined;
  readonly destination?: PortRange | undefined;
}

function aceOf(relation: Relation, ports: Ports, icmpType: number | undefined): Ace {
  const { direction, family, peer, match, action, log } = relation;
  const protocol = protocolNumber(match.protocol);
  const layer4 = layer4Of(match.protocol);
  return {
    name: '',
    at: 0,
    path: '',
    family,
    ...(protocol === undefined ? {} : { protocol }),
    ...(layer4 === undefined ? {} : { layer4 }),
    sourcePorts: ports.source === undefined ? [] : [ports.source],
    destinationPorts: ports.destination === undefined ? [] : [ports.destination],
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(layer4 === 'tcp' ? { initiated: direction } : {}),
    source: direction === 'from-device' ? {} : peer.end,
    destination: direction === 'from-device' ? peer.end : {},
    peers: peer.classes,
    tls: [],
    beyond: [],
    action,
    log,
  };
}

function layer4Of(protocol: ServiceMatch['protocol']): Ace['layer4'] {
  if (protocol === 'icmpv6') return 'icmp';
  return protocol === 'tcp' || protocol === 'udp' || protocol === 'icmp' ? protocol : undefined;
}

/** What goes the other way in a connection that an ACE allows. */
export function mirrored(ace: Ace): Ace {
  return {
    ...ace,
    sourcePorts: ace.destinationPorts,
    destinationPorts: ace.sourcePorts,
    source: ace.destination,
    destination: ace.source,
    ...(ace.icmpType === undefined ? {} : { icmpType: mirrorType(ace.icmpType) }),
    log: false,
  };
}

/** RFC 7951. */
export function aceJson(ace: Ace, name: string): object {
  const matches = matchesJson(ace);
  const actions = {
    forwarding: { allow: 'accept', deny: 'drop', reject: 'reject' }[ace.action],
    ...(ace.log ? { logging: `${ACL}:log-syslog` } : {}),
  };
  return { name, ...(Object.keys(matches).length === 0 ? {} : { matches }), actions };
}

function matchesJson(ace: Ace): Record<string, unknown> {
  const ip = ipJson(ace);
  const classes = classesJson(ace.peers);
  return {
    ...(Object.keys(classes).length === 0 ? {} : { [`${MUD}:mud`]: classes }),
    ...(Object.keys(ip).length === 0 ? {} : { [`ipv${ace.family}`]: ip }),
    ...(ace.layer4 === undefined ? {} : { [ace.layer4]: transportJson(ace) }),
  };
}

function ipJson({ family, protocol, source, destination }: Ace): Record<string, unknown> {
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(source.name === undefined ? {} : { [`${DNS}:src-dnsname`]: source.name }),
    ...(destination.name === undefined ? {} : { [`${DNS}:dst-dnsname`]: destination.name }),
    ...(source.network === undefined ? {} : { [`source-ipv${family}-network`]: source.network }),
    ...(destination.network === undefined
      ? {}
      : { [`destination-ipv${family}-network`]: destination.network }),
  };
}

function transportJson(ace: Ace): Record<string, unknown> {
  return {
    ...(ace.icmpType === undefined ? {} : { type: ace.icmpType }),
    ...(ace.initiated === undefined ? {} : { [`${MUD}:direction-initiated`]: ace.initiated }),
    ...portJson('source-port', ace.sourcePorts),
    ...portJson('destination-port', ace.destinationPorts),
  };
}

function portJson(name: string, [range]: PortSet): Record<string, unknown> {
  if (range === undefined) return {};
  const { from, to } = range;
  return {
    [name]: from === to ? { operator: 'eq', port: from } : { 'lower-port': from, 'upper-port': to },
  };
}

function classesJson(peers: MudPeers): Record<string, unknown> {
  if (peers === NO_CLASSES) return {};
  const { manufacturer, model, controller } = peers;
  return {
    ...(manufacturer === undefined ? {} : { manufacturer }),
    ...(peers.sameManufacturer ? { 'same-manufacturer': [null] } : {}),
    ...(model === undefined ? {} : { model }),
    ...(peers.localNetworks ? { 'local-networks': [null] } : {}),
    ...(controller === undefined ? {} : { controller }),
    ...(peers.myController ? { 'my-controller': [null] } : {}),
  };
}
