import type { Address } from '../../base/address.ts';
import { parseAddress } from '../../base/address.ts';
import { hasAddress } from '../../base/address-set.ts';
import type { BoundPolicy, DestinationNat, SourceNat } from '../../model/bound-policy.ts';
import type { NewConnection } from '../../model/packet-verdict.ts';
import type { Judged } from './match.ts';
import { inZone, matchesTransport, PORTED } from './match.ts';

const UNSPECIFIED = { 4: { family: 4, value: 0n }, 6: { family: 6, value: 0n } } as const;

/** Whether an address is one of the router's own. */
export type IsLocal = (address: Address) => boolean;

/** The destination NAT that takes a connection: the first that matches. */
export function destinationNatOf(
  policy: BoundPolicy,
  connection: NewConnection,
  isLocal: IsLocal,
): DestinationNat | undefined {
  return policy.nat.destination.find((nat) => {
    const to = nat.toAddress === undefined ? undefined : parseAddress(nat.toAddress);
    if (to !== undefined && to.family !== connection.source.family) return false;
    return (
      comesFrom(policy, nat, connection) &&
      goesTo(nat, connection, isLocal) &&
      takesProtocol(nat, connection) &&
      matchesTransport(nat.match, connection)
    );
  });
}

function goesTo(nat: DestinationNat, { destination }: NewConnection, isLocal: IsLocal): boolean {
  return nat.local ? isLocal(destination) : hasAddress(nat.destinations, destination);
}

/** A port is changed only in protocols that have one; the kernel refuses the rule for others. */
function takesProtocol({ toPort }: DestinationNat, { protocol }: NewConnection): boolean {
  return toPort === undefined || PORTED.includes(protocol);
}

/** No zone named: from everywhere. */
function comesFrom(
  policy: BoundPolicy,
  { fromZones, sources }: DestinationNat,
  { inInterface, source }: NewConnection,
): boolean {
  if (!hasAddress(sources, source)) return false;
  if (fromZones.length === 0) return true;
  return policy.zones.some(
    (zone) => fromZones.includes(zone.id) && inZone(policy, zone, inInterface, source),
  );
}

/** The connection as the rules meet it. Where it leaves then is told by the networks of the zones. */
export function translated(policy: BoundPolicy, connection: NewConnection): Judged {
  const isLocal = (): boolean => connection.outInterface === undefined;
  const nat = destinationNatOf(policy, connection, isLocal);
  if (nat === undefined) return connection;
  const { outInterface: _, ...rest } = connection;
  const port = nat.toPort === undefined ? {} : { destinationPort: nat.toPort };
  const to = nat.toAddress === undefined ? undefined : parseAddress(nat.toAddress);
  if (to === undefined) {
    const isThere =
      isLocal() && (nat.toPort ?? connection.destinationPort) === connection.destinationPort;
    if (isThere) return connection;
    // Which of its addresses the router puts there is its own affair: none of them is a device's.
    const destination = UNSPECIFIED[connection.destination.family];
    return { ...rest, ...port, destination, translated: true };
  }
  const out = interfaceTo(policy, to) ?? connection.outInterface;
  const leaves = out === undefined ? {} : { outInterface: out };
  // The kernel marks as translated only what it changed (nf_nat_setup_info).
  const isMoved = (nat.toPort ?? connection.destinationPort) !== connection.destinationPort;
  const isChanged = isMoved || to.value !== connection.destination.value;
  return { ...rest, ...port, ...leaves, destination: to, translated: isChanged };
}

function interfaceTo(policy: BoundPolicy, address: Address): string | undefined {
  const near = policy.zones.find(({ networks }) => hasAddress(networks, address));
  return (near ?? policy.zones.find(({ internet }) => internet))?.interfaces[0];
}

/** The source NAT that takes what leaves: the first that matches. */
export function sourceNatOf(policy: BoundPolicy, leaving: Judged): SourceNat | undefined {
  const { source, outInterface, destination } = leaving;
  return policy.nat.source.find((nat) => {
    const zone = policy.zones.find(({ id }) => id === nat.toZone);
    return (
      nat.family === source.family &&
      (!nat.translated || leaving.translated === true) &&
      zone !== undefined &&
      inZone(policy, zone, outInterface, destination) &&
      hasAddress(nat.sources, source)
    );
  });
}
