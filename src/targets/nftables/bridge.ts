import { PortolanError } from '../../base/errors.ts';
import type { BoundPeer, BoundPolicy, BoundRule, BoundZone } from '../../model/bound-policy.ts';
import { sideChain } from './judgement.ts';
import { TABLE } from './names.ts';
import { Chains, Plan } from './plan.ts';
import { declared } from './sets.ts';

/** As long as the kernel keeps an answered conversation of UDP (nf_conntrack_udp_timeout_stream). */
const UDP_MEMORY = '2m';
const MOST_UDP = 65_536;

/**
 * Frames that pass from one port of a bridge to another: devices of one segment among themselves,
 * whom no rule for routed packets sees. Connection tracking for bridges is a module that many
 * routers lack, so this needs none: of TCP only what opens a connection is judged, datagrams pass
 * where the other way round was let through in the last two minutes, ICMP errors and replies pass.
 * What is for a group (discovery) and what is no IP passes.
 *
 * @param bridges interfaces of zones
 * @throws PortolanError E_POLICY_UNSUPPORTED, naming what cannot be said of one segment
 */
export function bridgeTable(policy: BoundPolicy, bridges: readonly string[]): string {
  const plan = new Plan(within(policy, bridges));
  const chains = new Chains();
  const lines = [
    'type filter hook forward priority filter - 1; policy accept;',
    'ether type != { ip, ip6 } accept',
    'ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 accept',
    'tcp flags & (syn | ack) != syn accept',
    // Echo reply, unreachable, time exceeded, parameter problem (RFC 792).
    'icmp type { 0, 3, 11, 12 } accept',
    // Errors, echo reply (RFC 4443), listeners (RFC 2710, 3810), neighbour discovery (RFC 4861).
    'icmpv6 type { 1-4, 129, 130-136, 143 } accept',
    ...FAMILIES.map(
      ([ip, set]) => `${ip} saddr . ${ip} daddr . udp sport . udp dport @${set} accept`,
    ),
    `jump ${sideChain(plan, chains, 'egress', 'forward')}`,
    `jump ${sideChain(plan, chains, 'ingress', 'forward')}`,
    // The answer has the two ends the other way round.
    ...FAMILIES.map(
      ([ip, set]) => `update @${set} { ${ip} daddr . ${ip} saddr . udp dport . udp sport }`,
    ),
  ];
  const parts = [
    ...FAMILIES.map(([, set, type]) =>
      declared(
        'set',
        set,
        `type ${type} . ${type} . inet_service . inet_service`,
        ['flags dynamic,timeout', `timeout ${UDP_MEMORY}`, `size ${MOST_UDP}`],
        [],
      ),
    ),
    ...plan.sets.declarations(),
    ...chains.declarations(),
    `\tchain p_forward {\n${lines.map((line) => `\t\t${line}\n`).join('')}\t}\n`,
  ];
  const table = `table bridge ${TABLE}`;
  return `${table}\ndelete ${table}\n${table} {\n${parts.join('\n')}}\n`;
}

const FAMILIES = [
  ['ip', 'u4', 'ipv4_addr'],
  ['ip6', 'u6', 'ipv6_addr'],
] as const;

/** The policy as it is among those behind the bridges: their zones are known by their networks. */
function within(policy: BoundPolicy, bridges: readonly string[]): BoundPolicy {
  const zones = bridges.map((bridge) => zoneOf(policy, bridge));
  const ids = new Set(zones.map(({ id }) => id));
  const isHere = ({ fromZone, toZone, translated }: BoundRule): boolean =>
    [fromZone, toZone].every((zone) => zone === undefined || ids.has(zone)) && translated !== true;
  const rules = (side: readonly BoundRule[]): readonly BoundRule[] =>
    side.filter(isHere).flatMap(inSegment);
  return {
    ...policy,
    zones: zones.map((zone) => ({ ...zone, interfaces: [] })),
    guard: [],
    egress: rules(policy.egress),
    ingress: rules(policy.ingress),
    nat: { destination: [], source: [] },
    // A bridge has no address to refuse from without a module of its own.
    refuse: 'drop',
  };
}

function zoneOf({ zones }: BoundPolicy, bridge: string): BoundZone {
  const zone = zones.find(({ interfaces }) => interfaces.includes(bridge));
  if (zone === undefined) throw unsaid(`the bridge ${JSON.stringify(bridge)} is of no zone`);
  if (zone.networks.length === 0) throw unsaid(`the zone of ${bridge} has no networks`);
  return zone;
}

function inSegment(rule: BoundRule): readonly BoundRule[] {
  if (rule.connections !== undefined) throw unsaid(`${rule.id}: a limit of connections`);
  const [from, to] = [withoutNames(rule, rule.from), withoutNames(rule, rule.to)];
  if (from.ranges.length === 0 || to.ranges.length === 0) return [];
  return [{ ...rule, from, to, action: rule.action === 'allow' ? 'allow' : 'deny' }];
}

/** Names of the internet are nobody's in the segment: an allow is less without them, a denial is not. */
function withoutNames({ id, action }: BoundRule, peer: BoundPeer): BoundPeer {
  if (peer.names.length === 0) return peer;
  if (action !== 'allow') throw unsaid(`${id}: a denied name`);
  return { ...peer, names: [] };
}

function unsaid(what: string): PortolanError {
  return new PortolanError('E_POLICY_UNSUPPORTED', `Within a segment nftables cannot say ${what}`, {
    remedy: 'Put these devices into zones of their own: portolan segment plan',
  });
}
