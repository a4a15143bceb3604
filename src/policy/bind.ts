import type { AddressSet } from '../base/address-set.ts';
import { EVERY_ADDRESS, isEveryAddress, unionOf } from '../base/address-set.ts';
import { instantText } from '../base/instant-text.ts';
import type {
  BoundDevice,
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../model/bound-policy.ts';
import type { Policy, PolicyRule, ServiceMatch } from '../model/policy.ts';
import type { BindContext } from './bind-context.ts';
import { bindNat } from './bind-nat.ts';
import type { Asker, FoundPeer } from './bind-peers.ts';
import { Peers } from './bind-peers.ts';
import { networkSet } from './check-zones.ts';
import { housekeeping } from './housekeeping.ts';
import type { Diagnostic, Places, Problem } from './problem.ts';
import { refuse } from './problem.ts';
import { hoistOwnRules } from './quarantine.ts';
import { protocolNumber, serviceOf } from './services.ts';

export interface Bound {
  readonly bound: BoundPolicy;
  /** Names that resolve to nothing, devices without an address, rules that have expired … */
  readonly notes: readonly Diagnostic[];
}

/**
 * Looks every name of a policy up. The policy is one that `readPolicy` or `checkPolicy` found fit.
 *
 * In `egress` and `ingress` come first the rules that name a quarantined device and no other, then
 * `ptl-quarantine`, which denies these devices all else; then what lets translated connections
 * through: a forward is a decision by itself, and as its rules match nothing but what NAT brought,
 * they can stand before the rules of people without opening anything to others. Then these, in order.
 *
 * @param places where the policy stands, for notes and errors with lines
 * @throws PortolanError E_POLICY for a device that the inventory does not have
 */
export function bindPolicy(policy: Policy, context: BindContext, places?: Places): Bound {
  const { bound, problems } = bindAll(policy, context);
  const notes = problems.map((problem) => located(problem, places));
  refuse(notes);
  return { bound, notes };
}

/** As `bindPolicy`, for whoever wants all that is wrong: an unknown device then has no address. */
export function bindAll(
  policy: Policy,
  context: BindContext,
): { bound: BoundPolicy; problems: readonly Problem[] } {
  const peers = new Peers(policy, context);
  const zones = Object.entries(policy.zones).map(
    ([name, zone]): BoundZone => ({
      id: peers.zoneId(name) ?? '',
      name,
      interfaces: zone.interfaces,
      networks: networkSet(zone.networks),
      internet: zone.internet,
      denies: zone.default === 'deny',
    }),
  );
  const site = unionOf(context.localNetworks, ...inside(zones));
  const guard = [...admins(policy, peers), ...housekeeping(site)];
  const nat = bindNat(policy, peers, zones);
  const rules = policy.rules.flatMap((rule, index) =>
    bindRule(policy, peers, context, rule, index),
  );
  const lists = (['egress', 'ingress'] as const).map((side) =>
    hoistOwnRules(
      rules.filter((rule) => rule.side === 'both' || rule.side === side).map((rule) => rule.bound),
      { side, policy, peers, translated: nat.rules },
    ),
  );
  const bound = {
    zones,
    devices: peers.devices,
    names: peers.names,
    guard,
    egress: lists[0] ?? [],
    ingress: lists[1] ?? [],
    nat: nat.bound,
    refuse: policy.refuse,
  };
  return { bound, problems: [...peers.problems, ...oddities(policy, peers)] };
}

function located(problem: Problem, places: Places | undefined): Diagnostic {
  if (places === undefined) return problem;
  const related = problem.related;
  return {
    ...problem,
    place: places.place(problem.path),
    ...(related === undefined ? {} : { relatedPlace: places.place(related) }),
  };
}

function inside(zones: readonly BoundZone[]): readonly AddressSet[] {
  return zones.filter(({ internet }) => !internet).map(({ networks }) => networks);
}

/** A match that asks for nothing stands for every packet. */
export function boundMatch(match: ServiceMatch): BoundMatch {
  const protocol = protocolNumber(match.protocol);
  return {
    ...(protocol === undefined ? {} : { protocol }),
    ...(match.sourcePorts.length === 0 ? {} : { sourcePorts: match.sourcePorts }),
    ...(match.destinationPorts.length === 0 ? {} : { destinationPorts: match.destinationPorts }),
    ...(match.types.length === 0 ? {} : { types: match.types }),
  };
}

/** Whoever looks after the router: one rule for each, so that a wrong one is found by its number. */
function admins(policy: Policy, peers: Peers): BoundRule[] {
  const { guard } = policy;
  const matches = guard.services.flatMap((text) => serviceOf(policy.services, text) ?? []);
  if (matches.length === 0) return [];
  return guard.admins.flatMap((admin, index) => {
    const { zone, peer } = peers.find(admin, { path: ['guard', 'admins', index] });
    if (isNobody(peer)) return [];
    return [
      {
        id: `ptl-admin-${index + 1}`,
        ...zonesOf(zone, 'self'),
        from: peer,
        to: { ranges: EVERY_ADDRESS, names: [], devices: [] },
        matches: matches.map(boundMatch),
        action: 'allow',
        log: false,
      },
    ];
  });
}

const FAMILY_UNASKED = 'both its ends are DNS names, so its family is not asked';
const NAME_AN_ADDRESS = 'Name one end by its addresses, or as a device';

interface SidedRule {
  readonly side: PolicyRule['side'];
  readonly bound: BoundRule;
}

/** Nothing where it has expired, or where one end stands for nobody. */
function bindRule(
  policy: Policy,
  peers: Peers,
  { now }: BindContext,
  rule: PolicyRule,
  index: number,
): SidedRule[] {
  const asker: Asker = { path: ['rules', index], id: rule.id };
  if (rule.expires !== undefined && rule.expires <= now) {
    const message = `has expired at ${instantText(rule.expires)}`;
    peers.note(asker, message, `Remove it: portolan policy rm ${rule.id}`);
    return [];
  }
  const { from, to } = ofFamily(rule.family, peers, {
    from: peers.find(rule.from, asker),
    to: peers.find(rule.to, asker),
  });
  if (hasNoFamily(rule, from, to)) peers.note(asker, FAMILY_UNASKED, NAME_AN_ADDRESS);
  const matches = serviceOf(policy.services, rule.service) ?? [];
  if (matches.length === 0) peers.note(asker, 'its service stands for nothing', 'Fill it');
  if (isNobody(from.peer) || isNobody(to.peer) || matches.length === 0) return [];
  const bound: BoundRule = {
    id: rule.id,
    ...zonesOf(
      from.zone ?? zoneIdOf(peers, rule.fromZone),
      to.zone ?? zoneIdOf(peers, rule.toZone),
    ),
    from: from.peer,
    to: to.peer,
    matches: matches.map(boundMatch),
    action: rule.action,
    ...(rule.rate === undefined ? {} : { rate: rule.rate }),
    ...(rule.connections === undefined ? {} : { connections: rule.connections }),
    log: rule.log,
    ...(rule.expires === undefined ? {} : { expires: rule.expires }),
  };
  return [{ side: rule.side, bound }];
}

/**
 * No packet mixes the families, so it is enough that one end is of one: one of addresses rather than
 * one with names, which have addresses of both, or one that is everybody, whoever has a name too.
 */
function ofFamily(
  family: PolicyRule['family'],
  peers: Peers,
  { from, to }: Record<'from' | 'to', FoundPeer>,
): Record<'from' | 'to', FoundPeer> {
  if (family === undefined) return { from, to };
  const part = (end: FoundPeer): FoundPeer => ({ ...end, peer: peers.partOf(end.peer, family) });
  const isSure = ({ peer }: FoundPeer): boolean =>
    peer.names.length === 0 && !isEveryAddress(peer.ranges);
  const ofTo = isSure(to) || (from.peer.names.length > 0 && to.peer.names.length === 0);
  return ofTo && !isSure(from) ? { from, to: part(to) } : { from: part(from), to };
}

/** A name's addresses are of both families, and are not known here. */
function hasNoFamily({ family }: PolicyRule, from: FoundPeer, to: FoundPeer): boolean {
  return family !== undefined && from.peer.names.length > 0 && to.peer.names.length > 0;
}

function isNobody({ ranges, names }: BoundPeer): boolean {
  return ranges.length === 0 && names.length === 0;
}

function zonesOf(
  fromZone: string | undefined,
  toZone: string | undefined,
): Pick<BoundRule, 'fromZone' | 'toZone'> {
  return {
    ...(fromZone === undefined ? {} : { fromZone }),
    ...(toZone === undefined ? {} : { toZone }),
  };
}

function zoneIdOf(peers: Peers, name: string | undefined): string | undefined {
  return name === undefined ? undefined : peers.zoneId(name);
}

/** What only the whole shows. */
function oddities(policy: Policy, peers: Peers): Problem[] {
  const denies =
    peers.devices.length > 0 || Object.values(policy.zones).some((zone) => zone.default === 'deny');
  const nobody = policy.guard.admins.length === 0 || policy.guard.services.length === 0;
  const lockOut: Problem[] =
    denies && nobody
      ? [
          {
            level: 'warning',
            path: ['guard'],
            message: 'nobody is sure to reach the router: guard.admins is empty',
            remedy: 'Name who looks after the router in guard.admins',
          },
        ]
      : [];
  return [...lockOut, ...sharedAddresses(peers.devices, policy)];
}

function sharedAddresses(devices: readonly BoundDevice[], policy: Policy): Problem[] {
  const owners = new Map<string, BoundDevice>();
  const shared = new Map<BoundDevice, BoundDevice>();
  for (const device of devices) {
    for (const { family, from } of device.addresses) {
      const owner = owners.get(`${family}:${from}`);
      if (owner === undefined) owners.set(`${family}:${from}`, device);
      else shared.set(device, owner);
    }
  }
  const nameOf = new Map(
    Object.entries(policy.endpoints).map(([name, one]) => [
      one.kind === 'device' ? one.device : '',
      name,
    ]),
  );
  return [...shared].map(([device, other]) => ({
    level: 'warning',
    path: ['endpoints', nameOf.get(device.device) ?? ''],
    message: `${device.device} and ${other.device} claim one address`,
    remedy: `Find out which one is there: portolan devices show ${device.device} --evidence`,
  }));
}
