import type { AddressRange } from '../../base/address.ts';
import { parseAddress, parseNetwork, single } from '../../base/address.ts';
import type { TlsExpectation } from '../../model/tls-profile.ts';
import type { Ace, Mud, MudPeers } from './mud.ts';

const TCP = 6;
const UDP = 17;

/**
 * What a MUD file says of the TLS and DTLS that its device speaks as a client (RFC 9761 §5): all
 * entries that let it connect, those without a profile too, since what they allow is not to be judged.
 * Nothing where no entry has a profile.
 */
export function tlsExpectations({ tlsProfiles, fromDevice }: Mud): readonly TlsExpectation[] {
  if (!tlsProfiles) return [];
  const aces = fromDevice.acls.flatMap((acl) => acl.aces).filter(connects);
  return aces.some(({ tls }) => tls.length > 0) ? aces.map(expectationOf) : [];
}

function connects({ action, protocol, initiated }: Ace): boolean {
  const isEither = protocol === undefined || protocol === TCP || protocol === UDP;
  return action === 'allow' && isEither && initiated !== 'to-device';
}

function expectationOf(ace: Ace): TlsExpectation {
  const { family, protocol, sourcePorts, destinationPorts, destination, peers, tls } = ace;
  const range = rangeOf(destination);
  const name = range === undefined ? destination.name : undefined;
  return {
    family,
    ...(protocol === undefined ? {} : { transport: protocol === TCP ? 'tcp' : 'udp' }),
    sourcePorts,
    ports: destinationPorts,
    ...(name === undefined ? {} : { name: name.toLowerCase().replace(/\.$/, '') }),
    ...(range === undefined ? {} : { addresses: [range] }),
    isClass: isClass(peers),
    profiles: tls,
  };
}

/** A name that is an address is read as one, as the rules of the policy have it. */
function rangeOf({ network, name }: Ace['destination']): AddressRange | undefined {
  if (network !== undefined) return parseNetwork(network);
  const address = name === undefined ? undefined : parseAddress(name);
  return address === undefined ? undefined : single(address);
}

function isClass(peers: MudPeers): boolean {
  const { sameManufacturer, localNetworks, myController, ...named } = peers;
  return sameManufacturer || localNetworks || myController || Object.keys(named).length > 0;
}
