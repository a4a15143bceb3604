import type { NetworkInterfaceInfo } from 'node:os';
import { networkInterfaces } from 'node:os';
import type { AddressRange } from '../../base/address.ts';
import { formatAddress, parseAddress, parseNetwork } from '../../base/address.ts';

/** One address of one interface of this machine, with the network that is on its link. */
export interface Link {
  /** The interface's name: `eth0`. */
  readonly name: string;
  readonly family: 4 | 6;
  /** Canonical, without a zone. */
  readonly address: string;
  readonly prefix: number;
  readonly network: AddressRange;
  readonly mac: string;
  /**
   * Whether neighbours are asked for by ARP or neighbour discovery. A tunnel has no hardware
   * address and no neighbour table: what is behind it is asked by TCP.
   */
  readonly resolves: boolean;
  readonly loopback: boolean;
}

const NO_MAC = '00:00:00:00:00:00';
/** fe80::/10. */
const LINK_LOCAL = 0x3fan;

/** What this machine is connected to, now. */
export function links(): readonly Link[] {
  return linksOf(networkInterfaces());
}

export function linksOf(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): readonly Link[] {
  return Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? []).map((info) => linkOf(name, info)).filter((found) => found !== undefined),
  );
}

function linkOf(name: string, info: NetworkInterfaceInfo): Link | undefined {
  const address = parseAddress(info.address);
  const network = info.cidr === null ? undefined : parseNetwork(info.cidr);
  if (address === undefined || network === undefined) return undefined;
  return {
    name,
    family: address.family,
    address: formatAddress(address),
    prefix: Number(info.cidr?.split('/')[1]),
    network,
    mac: info.mac,
    resolves: !info.internal && info.mac !== NO_MAC,
    loopback: info.internal,
  };
}

export function isLinkLocal(link: Link): boolean {
  return link.family === 6 && link.network.from >> 118n === LINK_LOCAL;
}

/** The address under which everybody on the link is reached: `fe80::1%eth0` for link-local IPv6. */
export function ownAddress(link: Link): string {
  return isLinkLocal(link) ? `${link.address}%${link.name}` : link.address;
}

/**
 * The directed broadcast address (RFC 919 §7). Networks of one or two addresses have none
 * (RFC 3021).
 */
export function broadcastOf(link: Link): string | undefined {
  if (link.family !== 4 || link.prefix > 30) return undefined;
  return formatAddress({ family: 4, value: link.network.to });
}
