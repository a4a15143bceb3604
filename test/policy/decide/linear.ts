import type { Address } from '../../../src/base/address.ts';
import { contains } from '../../../src/base/address.ts';
import type { AddressSet } from '../../../src/base/address-set.ts';
import type { BoundMatch, BoundPolicy, BoundRule } from '../../../src/model/bound-policy.ts';
import type { Verdict } from '../../../src/model/packet-verdict.ts';
import type { Judged } from '../../../src/policy/simulate/match.ts';

/**
 * The comments of `BoundPolicy`, word for word and rule after rule: what every other way to decide
 * has to agree with. Shares nothing with them; slow, and meant to be read.
 */
export function linear(policy: BoundPolicy, packet: Judged, names: 'symbolic' | 'resolved') {
  if (policy.guard.some((rule) => matches(policy, rule, packet, names))) {
    return { verdict: 'allow', wouldBlock: false } satisfies Outcome;
  }
  const sides = (['egress', 'ingress'] as const).map((side) =>
    opinion(policy, side, packet, names),
  );
  const denied = sides.find((each) => isDenied(each.verdict) && !each.waived);
  const allowed = sides.some((each) => each.verdict === 'allow');
  const verdict = denied?.verdict ?? (allowed ? 'allow' : 'leave');
  const wouldBlock = denied === undefined && sides.some(({ waived }) => waived);
  return { verdict, wouldBlock } satisfies Outcome;
}

interface Outcome {
  readonly verdict: Verdict;
  readonly wouldBlock: boolean;
}

function isDenied(verdict: Verdict): boolean {
  return verdict === 'drop' || verdict === 'reject';
}

function opinion(
  policy: BoundPolicy,
  side: 'egress' | 'ingress',
  packet: Judged,
  names: 'symbolic' | 'resolved',
): { verdict: Verdict; waived: boolean } {
  const address = side === 'egress' ? packet.source : packet.destination;
  const face = side === 'egress' ? packet.inInterface : packet.outInterface;
  // A name is no address of a device.
  const isName = side === 'ingress' && names === 'symbolic' && atom(policy, packet) !== undefined;
  const owner = face === undefined || isName ? undefined : ownerOf(policy, address);
  const rule = policy[side].find((each) => matches(policy, each, packet, names));
  const zone = policy.zones.some(
    ({ id, denies }) => denies && inZone(policy, id, face, isName ? undefined : address),
  );
  const byDefault = owner !== undefined || zone ? policy.refuse : 'leave';
  const said = rule?.action === 'deny' ? 'drop' : rule?.action;
  const verdict = said ?? byDefault;
  return { verdict, waived: isDenied(verdict) && owner?.trial === true };
}

function ownerOf({ devices }: BoundPolicy, { family, value }: Address) {
  const exact = devices.find(({ addresses }) =>
    addresses.some((each) => each.family === family && each.from === value && each.to === value),
  );
  return exact ?? devices.find(({ addresses }) => within(addresses, { family, value }));
}

function within(set: AddressSet, address: Address): boolean {
  return set.some((range) => contains(range, address));
}

function inZone(
  policy: BoundPolicy,
  id: string,
  face: string | undefined,
  address: Address | undefined,
): boolean {
  const zone = policy.zones.find((each) => each.id === id);
  if (zone === undefined || face === undefined) return false;
  if (zone.interfaces.length > 0) return zone.interfaces.includes(face);
  if (!zone.internet) return address !== undefined && within(zone.networks, address);
  const others = policy.zones.filter(({ internet }) => !internet);
  return !others.some((other) => inZone(policy, other.id, face, address));
}

function matches(
  policy: BoundPolicy,
  rule: BoundRule,
  packet: Judged,
  names: 'symbolic' | 'resolved',
): boolean {
  const { source, inInterface } = packet;
  if (rule.translated === true && packet.translated !== true) return false;
  if (rule.fromZone !== undefined && !inZone(policy, rule.fromZone, inInterface, source)) {
    return false;
  }
  if (!within(rule.from.ranges, source)) return false;
  if (!goesTo(policy, rule, packet, names)) return false;
  return rule.matches.some((match) => carries(match, packet));
}

function goesTo(
  policy: BoundPolicy,
  { to, toZone }: BoundRule,
  packet: Judged,
  names: 'symbolic' | 'resolved',
): boolean {
  const { outInterface, destination } = packet;
  const name = names === 'symbolic' ? atom(policy, packet) : undefined;
  const target = name === undefined ? destination : undefined;
  if (toZone === 'self' && outInterface !== undefined) return false;
  if (toZone !== undefined && toZone !== 'self') {
    if (!inZone(policy, toZone, outInterface, target)) return false;
  }
  const named = policy.names.filter(({ id }) => to.names.includes(id));
  if (name !== undefined) {
    const patterns = named.flatMap((each) => each.patterns);
    return isEvery(to.ranges) || patterns.some((each) => isBelow(each, name));
  }
  const known = names === 'resolved' ? named.map(({ addresses }) => addresses) : [];
  return [to.ranges, ...known].some((set) => within(set, destination));
}

/** The name of the destination where some rule knows a pattern for it. */
function atom({ names }: BoundPolicy, { name }: Judged): string | undefined {
  const bare = name?.toLowerCase().replace(/\.$/, '');
  const isKnown = names.some(({ patterns }) =>
    patterns.some((pattern) => bare !== undefined && isBelow(pattern, bare)),
  );
  return isKnown ? bare : undefined;
}

function isBelow(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
}

function isEvery(set: AddressSet): boolean {
  const all = { 4: (1n << 32n) - 1n, 6: (1n << 128n) - 1n };
  return ([4, 6] as const).every((family) =>
    set.some((range) => range.family === family && range.from === 0n && range.to === all[family]),
  );
}

function carries(match: BoundMatch, packet: Judged): boolean {
  const { protocol, sourcePort = 0, destinationPort = 0, type = 0 } = packet;
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  const has = (set: BoundMatch['sourcePorts'], port: number): boolean =>
    set === undefined || set.some(({ from, to }) => from <= port && port <= to);
  if ([6, 17, 33, 132, 136].includes(protocol)) {
    return has(match.destinationPorts, destinationPort) && has(match.sourcePorts, sourcePort);
  }
  if (protocol !== 1 && protocol !== 58) return true;
  return match.types === undefined || match.types.includes(type);
}
