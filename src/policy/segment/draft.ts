import { shortId } from '../../base/id.ts';
import type { Policy, PolicyEndpoint, PolicyRule, ServiceMatch, Zone } from '../../model/policy.ts';
import { endOf, OUTSIDE, SELF } from './crossings.ts';
import { serviceOf } from './needs.ts';
import type {
  Crossing,
  Need,
  PlannedZone,
  Relay,
  SegmentDevice,
  SegmentOptions,
} from './segment.ts';
import { breakOf } from './verdict.ts';

/** Names of services that every zone has of the router: addresses, names, time, and whether it is there. */
const BASICS = 'of-the-router';
const DISCOVERY = 'discovery';

const EVERY = { sourcePorts: [], types: [] } as const;

function port(protocol: 'tcp' | 'udp', number: number): ServiceMatch {
  return { ...EVERY, protocol, destinationPorts: [{ from: number, to: number }] };
}

function echo(protocol: 'icmp' | 'icmpv6', type: number): ServiceMatch {
  return { protocol, destinationPorts: [], sourcePorts: [], types: [type] };
}

/** DHCP (RFC 2131 §4.1, RFC 8415 §7.2), DNS, NTP, echo (RFC 792, RFC 4443). */
const SERVICES: Readonly<Record<string, readonly ServiceMatch[]>> = {
  [BASICS]: [
    port('udp', 53),
    port('tcp', 53),
    port('udp', 67),
    port('udp', 123),
    port('udp', 547),
    echo('icmp', 8),
    echo('icmpv6', 128),
  ],
};
const RELAYED = { [DISCOVERY]: [port('udp', 5353), port('udp', 1900)] };

export interface DraftParts {
  readonly zones: readonly PlannedZone[];
  readonly crossings: readonly Crossing[];
  readonly relays: readonly Relay[];
  readonly needs: readonly Need[];
  readonly zoneOf: readonly (string | undefined)[];
  readonly devices: readonly SegmentDevice[];
  readonly options: SegmentOptions;
}

/**
 * The plan as a policy. People's own zone is left alone; each other zone denies what no rule allows.
 * It is a draft: nothing of it is in force until somebody puts it in the place of the policy.
 */
export function draftPolicy(parts: DraftParts): Policy {
  const { zones, relays, devices, options } = parts;
  const hasRelays = relays.length > 0;
  return {
    version: 1,
    zones: {
      ...Object.fromEntries(zones.map((zone): [string, Zone] => [zone.name, zoneOf(zone)])),
      [OUTSIDE]: { interfaces: [options.wan], networks: [], internet: true, default: 'leave' },
    },
    endpoints: Object.fromEntries(devices.map(endpointOf)),
    services: hasRelays ? { ...SERVICES, ...RELAYED } : SERVICES,
    rules: [
      ...zones.flatMap((zone) => templatesOf(zone, options)),
      ...discoveryRules(relays),
      ...(options.rules === 'zones' ? zoneRules(parts) : deviceRules(parts)),
    ],
    refuse: 'reject',
    nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
    guard: {
      admins: zones.some(({ role }) => role === 'trusted') ? ['zone:trusted'] : [],
      services: ['ssh', 'https'],
    },
    tests: [],
  };
}

function zoneOf({ role, interface: name, networks }: PlannedZone): Zone {
  const isFree = role === 'trusted';
  return { interfaces: [name], networks, internet: false, default: isFree ? 'leave' : 'deny' };
}

function endpointOf({ id, endpoint }: SegmentDevice): [string, PolicyEndpoint] {
  return [endpoint, { kind: 'device', device: id, addresses: [], state: 'observing' }];
}

function templatesOf(
  { name, role, members }: PlannedZone,
  options: SegmentOptions,
): readonly PolicyRule[] {
  if (role === 'trusted') return [];
  const zone = `zone:${name}`;
  const isFamily = members.length > 1 && role !== 'guest' && role !== 'quarantine';
  return [
    rule(name, { from: zone, to: SELF, service: BASICS, note: 'addresses, names and time' }),
    ...(role === 'guest'
      ? [rule(name, { from: zone, to: `zone:${OUTSIDE}`, service: 'any', note: 'guests' })]
      : []),
    // Counts where the router carries what stays in the zone: several networks, isolated ports.
    ...(isFamily && options.rules === 'zones'
      ? [rule(name, { from: zone, to: zone, service: 'any', note: 'among themselves' })]
      : []),
  ];
}

/** The relay is a program of the router: it has to hear both sides. */
function discoveryRules(relays: readonly Relay[]): readonly PolicyRule[] {
  const names = [...new Set(relays.flatMap(({ from, to }) => [from, to]))].sort();
  return names
    .filter((name) => name !== 'trusted')
    .map((name) =>
      rule(name, { from: `zone:${name}`, to: SELF, service: DISCOVERY, note: 'for the relay' }),
    );
}

function zoneRules({ crossings, zones }: DraftParts): readonly PolicyRule[] {
  const free = new Set(zones.filter(({ role }) => role === 'guest').map(({ name }) => name));
  return crossings
    .filter(({ from, to }) => !(isLeft(from, to) || (free.has(from) && to === OUTSIDE)))
    .map(({ from, to, service, needs }) =>
      rule(from, { from: `zone:${from}`, to: `zone:${to}`, service }, needs),
    );
}

/** Nothing judges what people's zone asks of the internet. */
function isLeft(from: string, to: string): boolean {
  return from === 'trusted' && to === OUTSIDE;
}

/** For each device what it was seen to need, also of others in its zone. */
function deviceRules(parts: DraftParts): readonly PolicyRule[] {
  const { needs, devices } = parts;
  const groups = new Map<string, Need[]>();
  for (const need of needs) {
    const from = endOf(need.client, parts.zoneOf);
    const to = endOf(need.server, parts.zoneOf);
    if (from === SELF || to === SELF || isLeft(from, to)) continue;
    if (breakOf(need, from, to) !== undefined || (from === to && from === 'trusted')) continue;
    const key = `${need.client} ${need.server} ${serviceOf(need)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [need]);
    else group.push(need);
  }
  return [...groups.values()].flatMap((group): PolicyRule[] => {
    const [first] = group;
    const client = devices[first?.client ?? -1];
    if (first === undefined || client === undefined) return [];
    const to = devices[first.server]?.endpoint ?? `zone:${OUTSIDE}`;
    const zone = endOf(first.client, parts.zoneOf);
    return [rule(zone, { from: client.endpoint, to, service: serviceOf(first) }, group)];
  });
}

type Wording = Pick<PolicyRule, 'from' | 'to' | 'service' | 'note'>;

function rule(zone: string, wording: Wording, needs: readonly Need[] = []): PolicyRule {
  const { from, to, service } = wording;
  // Of our own ids only, and the same for the same rule in every run.
  const [, , hash = ''] = shortId('C', `${from} ${to} ${service}`, 6).toLowerCase().split('-');
  return {
    id: `seg-${zone}-${hash}`,
    ...wording,
    action: 'allow',
    side: 'both',
    log: false,
    origin: { kind: 'template', ref: `segment:${zone}`, ...seenOf(needs) },
  };
}

function seenOf(needs: readonly Need[]): Partial<PolicyRule['origin']> {
  if (needs.length === 0) return {};
  return {
    firstSeen: Math.min(...needs.map(({ firstSeen }) => firstSeen)),
    lastSeen: Math.max(...needs.map(({ lastSeen }) => lastSeen)),
    flows: needs.reduce((sum, { flows }) => sum + flows, 0),
    bytes: needs.reduce((sum, { bytes }) => sum + bytes, 0),
    days: Math.max(...needs.map(({ days }) => days)),
    evidence: needs.flatMap(({ evidence }) => evidence).slice(0, 8),
  };
}
