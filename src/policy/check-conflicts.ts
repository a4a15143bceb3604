import { parseNetwork } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { differenceOf, intersectionOf } from '../base/address-set.ts';
import type { Policy, PolicyRule } from '../model/policy.ts';
import { networkSet } from './check-zones.ts';
import type { Problem } from './problem.ts';
import { own, parsePeer } from './references.ts';
import { shown } from './schema-values.ts';
import { serviceOf } from './services.ts';

/** Rules that say the opposite of an earlier one, say it again, or can never match. */
export function checkConflicts(policy: Policy): Problem[] {
  return [
    ...repetitions(policy),
    ...policy.rules.flatMap((rule, i) => neverMatches(policy, rule, i)),
  ];
}

/**
 * Word for word only, which is what people write by mistake; what is covered in part or by several
 * is decided exactly by `policy shadow`. A rule for one side and one for the other do not meet.
 */
function repetitions({ rules, services }: Policy): Problem[] {
  const first = new Map<string, { rule: PolicyRule; index: number }>();
  return rules.flatMap((rule, index): Problem[] => {
    const { from, to, fromZone = '', toZone = '', family = '' } = rule;
    const what = serviceOf(services, rule.service) ?? rule.service;
    const sides = rule.side === 'both' ? ['egress', 'ingress'] : [rule.side];
    const keys = sides.map((side) =>
      JSON.stringify([side, from, to, fromZone, toZone, family, what]),
    );
    const before = keys.map((key) => first.get(key)).find((one) => one !== undefined);
    for (const key of keys) if (!first.has(key)) first.set(key, { rule, index });
    if (before === undefined) return [];
    const other = before.rule;
    const opposite = (other.action === 'allow') !== (rule.action === 'allow');
    const verb = opposite ? `contradicts rule ${other.id}` : `repeats rule ${other.id}`;
    return [
      {
        level: 'warning',
        path: ['rules', index],
        id: rule.id,
        message: `${verb}, which comes before it and decides`,
        related: ['rules', before.index],
        remedy: `Remove one of the two: portolan policy rm ${rule.id}`,
      },
    ];
  });
}

/** What an end says of where it is, as far as that is written in the policy itself. */
interface Whereabouts {
  readonly zone?: string;
  readonly networks?: AddressSet;
}

function neverMatches(policy: Policy, rule: PolicyRule, index: number): Problem[] {
  const from = whereabouts(policy, rule.from, rule.fromZone);
  const to = whereabouts(policy, rule.to, rule.toZone);
  const say = (key: string, message: string): Problem => ({
    level: 'warning',
    path: ['rules', index, key],
    id: rule.id,
    message: `can never match: ${message}`,
    remedy: `Correct it, or remove it: portolan policy rm ${rule.id}`,
  });
  if (from === 'nowhere') return [say('fromZone', `"from" is not in ${shownZone(rule.fromZone)}`)];
  if (to === 'nowhere') return [say('toZone', `"to" is not in ${shownZone(rule.toZone)}`)];
  if (!sameFamily(from.networks, to.networks)) {
    return [say('to', 'one end has IPv4 addresses only, the other IPv6 addresses only')];
  }
  if (!familyOfService(policy, rule, from, to)) {
    return [say('service', `${rule.service} is not of that family of addresses`)];
  }
  return sameSegment(policy, rule, index, from.zone, to.zone);
}

function shownZone(zone: string | undefined): string {
  return `the zone ${shown(zone ?? '')}`;
}

function whereabouts(
  policy: Policy,
  text: string,
  zoneName: string | undefined,
): Whereabouts | 'nowhere' {
  const peer = parsePeer(text);
  const written = zoneName === undefined ? {} : { zone: zoneName };
  if (peer.kind === 'self') return zoneName === undefined ? {} : 'nowhere';
  if (peer.kind === 'zone') {
    return (zoneName ?? peer.value) === peer.value ? { zone: peer.value } : 'nowhere';
  }
  const networks = writtenNetworks(policy, text);
  return networks === undefined ? written : within(policy, networks, zoneName);
}

function within(
  policy: Policy,
  networks: AddressSet,
  zoneName: string | undefined,
): Whereabouts | 'nowhere' {
  if (zoneName === undefined) return { networks, ...zoneHolding(policy, networks) };
  const home = networkSet(own(policy.zones, zoneName)?.networks ?? []);
  const outside = home.length > 0 && intersectionOf(networks, home).length === 0;
  return outside ? 'nowhere' : { networks, zone: zoneName };
}

function writtenNetworks(policy: Policy, text: string): AddressSet | undefined {
  const peer = parsePeer(text);
  if (peer.kind === 'net') {
    const range = parseNetwork(peer.value);
    return range === undefined ? undefined : [range];
  }
  const endpoint = peer.kind === 'endpoint' ? own(policy.endpoints, peer.value) : undefined;
  return endpoint?.kind === 'net' && endpoint.networks.length > 0
    ? networkSet(endpoint.networks)
    : undefined;
}

function zoneHolding({ zones }: Policy, networks: AddressSet): { zone?: string } {
  const found = Object.entries(zones).find(
    ([, zone]) =>
      zone.networks.length > 0 && differenceOf(networks, networkSet(zone.networks)).length === 0,
  );
  return found === undefined ? {} : { zone: found[0] };
}

function sameFamily(a: AddressSet | undefined, b: AddressSet | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  return a.some(({ family }) => b.some((range) => range.family === family));
}

/** ICMP is IPv4's, ICMPv6 IPv6's (RFC 792, RFC 4443). */
function familyOfService(
  { services }: Policy,
  rule: PolicyRule,
  from: Whereabouts,
  to: Whereabouts,
): boolean {
  const networks = from.networks ?? to.networks;
  const matches = serviceOf(services, rule.service);
  if (networks === undefined || matches === undefined) return true;
  const has = (family: 4 | 6): boolean => networks.some((range) => range.family === family);
  return matches.some(
    ({ protocol }) => (protocol !== 'icmp' || has(4)) && (protocol !== 'icmpv6' || has(6)),
  );
}

/** Neighbours on one segment talk past the router, unless the segment is a bridge of its own. */
function sameSegment(
  policy: Policy,
  rule: PolicyRule,
  index: number,
  from: string | undefined,
  to: string | undefined,
): Problem[] {
  const zone = from !== undefined && from === to ? own(policy.zones, from) : undefined;
  const [only, second] = zone?.interfaces ?? [];
  if (only === undefined || second !== undefined || /^br/.test(only)) return [];
  return [
    {
      level: 'warning',
      path: ['rules', index],
      id: rule.id,
      message: `both ends are behind ${only}: what stays on one segment does not pass the router`,
      remedy: 'Make that segment a bridge that filters, or put the two into zones of their own',
    },
  ];
}
