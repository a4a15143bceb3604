import { contains, isPrivate, parseAddress, parseNetwork } from '../base/address.ts';
import { hasPort } from '../base/port-set.ts';
import type { Direction, Instant, Transport } from '../model/core.ts';
import type { Cell } from '../model/ledger.ts';
import type { DeviceState, Policy, PolicyRule, Zone } from '../model/policy.ts';
import { own, parsePeer } from './references.ts';
import { serviceOf } from './services.ts';

/** A device of the inventory, as rules may name it. */
export interface NamedDevice {
  readonly id: string;
  readonly addresses: readonly string[];
}

export interface NeededPort {
  readonly direction: Direction;
  readonly transport: Transport;
  readonly port: number;
}

/** How a rule is about a device: it names it, or it names more in which the device is. */
type Aim = 'named' | 'within' | 'not';

/** Groups that lie in groups. */
const DEEPEST = 16;
/** Ports of one rule that stand for themselves; a range is about whatever is free in it. */
const MOST_PORTS = 8;

/**
 * Whether a port is needed, as the policy has it: `yes` where a rule that names the device allows
 * it, `no` where one denies it, or where the device is held to its rules and none is about it.
 * Undefined where the policy says nothing.
 */
export function neededByPolicy(
  policy: Policy,
  device: NamedDevice,
  place: NeededPort,
  now: Instant,
): Cell | undefined {
  const about = policy.rules.filter((rule) => isInForce(rule, now) && asksFor(policy, rule, place));
  const side = place.direction === 'to-device' ? 'to' : 'from';
  const named = about.find((rule) => aimOf(policy, rule[side], device) === 'named');
  if (named !== undefined) return saidBy(named);
  const isHeld = HELD.includes(stateOf(policy, device) ?? 'observing');
  const covered = about.some(
    (rule) => rule.action === 'allow' && aimOf(policy, rule[side], device) === 'within',
  );
  if (!isHeld || covered) return undefined;
  return { answer: 'no', because: 'The policy holds it to its rules, and none is about this.' };
}

const HELD: readonly DeviceState[] = ['enforcing', 'quarantine'];

/** Ports that rules name for a device, one by one: each is a row of the ledger. */
export function portsOfPolicy(
  policy: Policy,
  device: NamedDevice,
  now: Instant,
): readonly NeededPort[] {
  return policy.rules
    .filter((rule) => rule.action === 'allow' && isInForce(rule, now))
    .flatMap((rule) => [
      ...(aimOf(policy, rule.from, device) === 'named'
        ? placesOf(policy, rule, 'from-device')
        : []),
      ...(aimOf(policy, rule.to, device) === 'named' ? placesOf(policy, rule, 'to-device') : []),
    ]);
}

function placesOf(policy: Policy, rule: PolicyRule, direction: Direction): readonly NeededPort[] {
  const matches = serviceOf(policy.services, rule.service) ?? [];
  return matches.flatMap(({ protocol, destinationPorts }) => {
    if (protocol !== 'tcp' && protocol !== 'udp') return [];
    return destinationPorts
      .filter(({ from, to }) => to - from < MOST_PORTS)
      .flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, index) => ({
          direction,
          transport: protocol,
          port: from + index,
        })),
      );
  });
}

function isInForce({ expires }: PolicyRule, now: Instant): boolean {
  return expires === undefined || expires > now;
}

function asksFor(policy: Policy, rule: PolicyRule, { transport, port }: NeededPort): boolean {
  const matches = serviceOf(policy.services, rule.service) ?? [];
  return matches.some(
    ({ protocol, destinationPorts }) =>
      (protocol === 'any' || protocol === transport) &&
      (destinationPorts.length === 0 || hasPort(destinationPorts, port)),
  );
}

function aimOf(policy: Policy, text: string, device: NamedDevice, depth = 0): Aim {
  const parsed = parsePeer(text);
  switch (parsed.kind) {
    case 'any':
      return 'within';
    case 'self':
    case 'name':
      return 'not';
    case 'zone':
      return inZone(own(policy.zones, parsed.value), device);
    case 'net':
      return inNetworks([parsed.value], device);
    case 'endpoint':
      return aimOfEndpoint(policy, parsed.value, device, depth);
  }
}

function aimOfEndpoint(policy: Policy, name: string, device: NamedDevice, depth: number): Aim {
  const endpoint = own(policy.endpoints, name);
  switch (endpoint?.kind) {
    case 'device':
      return isIt(endpoint, device) ? 'named' : 'not';
    case 'net':
      return inNetworks(endpoint.networks, device);
    case 'group': {
      if (depth >= DEEPEST) return 'not';
      const aims = endpoint.members.map((member) => aimOf(policy, member, device, depth + 1));
      return aims.find((aim) => aim === 'named') ?? aims.find((aim) => aim === 'within') ?? 'not';
    }
    // Who is in a class hangs on what the devices say of themselves: it may be in it.
    case 'mud':
      return 'within';
    default:
      return 'not';
  }
}

function isIt(
  { device: id, addresses }: { device: string; addresses: readonly string[] },
  device: NamedDevice,
): boolean {
  return id === device.id || addresses.some((address) => device.addresses.includes(address));
}

/** A zone that is told by its interfaces only may have anybody in it; the internet only strangers. */
function inZone(zone: Zone | undefined, device: NamedDevice): Aim {
  if (zone === undefined) return 'not';
  if (zone.networks.length > 0) return inNetworks(zone.networks, device);
  const ranges = device.addresses.flatMap((text) => parseNetwork(text) ?? []);
  return zone.internet && ranges.every(isPrivate) ? 'not' : 'within';
}

/** A network of one address names whoever has it. */
function inNetworks(networks: readonly string[], { addresses }: NamedDevice): Aim {
  const mine = addresses.flatMap((text) => parseAddress(text) ?? []);
  const around = networks
    .flatMap((text) => parseNetwork(text) ?? [])
    .filter((network) => mine.some((address) => contains(network, address)));
  if (around.some(({ from, to }) => from === to)) return 'named';
  return around.length > 0 ? 'within' : 'not';
}

function stateOf(policy: Policy, device: NamedDevice): DeviceState | undefined {
  for (const endpoint of Object.values(policy.endpoints)) {
    if (endpoint.kind === 'device' && isIt(endpoint, device)) return endpoint.state;
  }
  return undefined;
}

const ORIGINS = {
  manual: 'written by hand',
  learned: 'learned from traffic',
  mud: 'from its maker’s MUD file',
  template: 'from a template',
  dossier: 'from a dossier',
} as const;

function saidBy({ id, action, origin, expires }: PolicyRule): Cell {
  const until = expires === undefined ? '' : ', for a while';
  const verb = action === 'allow' ? 'allows' : 'denies';
  return {
    answer: action === 'allow' ? 'yes' : 'no',
    because: `Rule ${id} of the policy ${verb} it (${ORIGINS[origin.kind]}${until}).`,
    ...(origin.lastSeen === undefined ? {} : { at: origin.lastSeen }),
  };
}
