import type { Address } from '../../base/address.ts';
import { hasAddress } from '../../base/address-set.ts';
import { hasPort } from '../../base/port-set.ts';
import type {
  BoundMatch,
  BoundPeer,
  BoundPolicy,
  BoundRule,
  BoundZone,
} from '../../model/bound-policy.ts';
import type { Instant } from '../../model/core.ts';
import type { NewConnection } from '../../model/packet-verdict.ts';

/** IANA numbers of the protocols that have ports: TCP, UDP, DCCP, SCTP, UDP-Lite. */
export const PORTED: readonly number[] = [6, 17, 33, 132, 136];
export const TCP = 6;
export const UDP = 17;
export const ICMP = 1;
export const ICMPV6 = 58;

/** A connection after destination NAT, as the rules meet it. */
export interface Judged extends NewConnection {
  /** Destination NAT brought it here. */
  readonly translated?: boolean;
  /** When: rules that have expired by then do not match. */
  readonly at?: Instant;
}

/** Addresses that a `BoundName` stands for, besides those known when the policy was bound. */
export type NameLookup = (name: string, address: Address) => boolean;

/**
 * Whether an end is in a zone. A zone is its interfaces; one without interfaces is its networks; the
 * internet without interfaces is what no other zone is.
 */
export function inZone(
  policy: BoundPolicy,
  zone: BoundZone,
  interfaceName: string | undefined,
  address: Address,
): boolean {
  if (interfaceName === undefined) return false;
  if (zone.interfaces.length > 0) return zone.interfaces.includes(interfaceName);
  if (!zone.internet) return hasAddress(zone.networks, address);
  return !policy.zones.some(
    (other) => !other.internet && inZone(policy, other, interfaceName, address),
  );
}

/** A rule and a connection, without the names that a device used. */
export class Matcher {
  readonly #policy: BoundPolicy;
  readonly #zones: ReadonlyMap<string, BoundZone>;
  readonly #patterns: ReadonlyMap<string, readonly string[]>;
  readonly #names: NameLookup;

  constructor(policy: BoundPolicy, names?: NameLookup) {
    this.#policy = policy;
    this.#zones = new Map(policy.zones.map((zone) => [zone.id, zone]));
    this.#patterns = new Map(policy.names.map(({ id, patterns }) => [id, patterns]));
    const known = new Map(policy.names.map(({ id, addresses }) => [id, addresses]));
    this.#names = names ?? ((id, address) => hasAddress(known.get(id) ?? [], address));
  }

  matches(rule: BoundRule, connection: Judged): boolean {
    if (rule.translated === true && connection.translated !== true) return false;
    if (isExpired(rule, connection)) return false;
    return (
      rule.matches.some((match) => matchesTransport(match, connection)) &&
      this.#from(rule, connection) &&
      this.#to(rule, connection)
    );
  }

  zoneHas(id: string, interfaceName: string | undefined, address: Address): boolean {
    const zone = this.#zones.get(id);
    return zone !== undefined && inZone(this.#policy, zone, interfaceName, address);
  }

  #from({ from, fromZone }: BoundRule, { inInterface, source }: Judged): boolean {
    if (fromZone !== undefined && !this.zoneHas(fromZone, inInterface, source)) return false;
    return this.#isPeer(from, source, undefined);
  }

  #to({ to, toZone }: BoundRule, connection: Judged): boolean {
    const { outInterface, destination, name } = connection;
    if (toZone === 'self' && outInterface !== undefined) return false;
    if (toZone !== undefined && toZone !== 'self') {
      if (!this.zoneHas(toZone, outInterface, destination)) return false;
    }
    return this.#isPeer(to, destination, name);
  }

  #isPeer(peer: BoundPeer, address: Address, name: string | undefined): boolean {
    if (hasAddress(peer.ranges, address)) return true;
    return peer.names.some(
      (id) =>
        this.#names(id, address) ||
        (name !== undefined && (this.#patterns.get(id) ?? []).some((each) => isBelow(each, name))),
    );
  }
}

function isExpired({ expires }: BoundRule, { at }: Judged): boolean {
  return expires !== undefined && at !== undefined && at >= expires;
}

/** Whether a DNS name is the pattern's; `*.` in front stands for every name below. */
function isBelow(pattern: string, name: string): boolean {
  const bare = name.toLowerCase().replace(/\.$/, '');
  return pattern.startsWith('*.') ? bare.endsWith(pattern.slice(1)) : bare === pattern;
}

/** A port or a type is asked only of a protocol that has it. */
export function matchesTransport(match: BoundMatch, connection: NewConnection): boolean {
  const { protocol, sourcePort = 0, destinationPort = 0, type = 0 } = connection;
  if (match.protocol !== undefined && match.protocol !== protocol) return false;
  if (PORTED.includes(protocol)) {
    const { sourcePorts, destinationPorts } = match;
    if (sourcePorts !== undefined && !hasPort(sourcePorts, sourcePort)) return false;
    return destinationPorts === undefined || hasPort(destinationPorts, destinationPort);
  }
  const isTyped = protocol === ICMP || protocol === ICMPV6;
  return !isTyped || match.types === undefined || match.types.includes(type);
}
