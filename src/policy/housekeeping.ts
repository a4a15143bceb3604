import { parseNetwork } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { addressSet, EVERY_ADDRESS } from '../base/address-set.ts';
import { portsOf } from '../base/port-set.ts';
import type { BoundMatch, BoundRule } from '../model/bound-policy.ts';

/** What a network needs of its router to be one, whatever a policy denies; and nothing wider. */
interface Need {
  readonly id: string;
  readonly sources: readonly string[];
  /** Also from the networks of the site. */
  readonly fromSite?: 4;
  readonly matches: readonly BoundMatch[];
  readonly source: string;
}

const LINK_LOCAL = 'fe80::/10';
const EVERY_IPV6 = '::/0';

const NEEDS: readonly Need[] = [
  {
    id: 'ptl-dhcp',
    // A client without an address asks from 0.0.0.0, one that renews from its own (§4.1, §4.3.2).
    sources: ['0.0.0.0'],
    fromSite: 4,
    matches: [{ protocol: 17, sourcePorts: portsOf([68]), destinationPorts: portsOf([67]) }],
    source: 'RFC 2131 §4.1',
  },
  {
    id: 'ptl-dhcpv6',
    // Clients send from their link-local address (§18.2).
    sources: [LINK_LOCAL],
    matches: [{ protocol: 17, sourcePorts: portsOf([546]), destinationPorts: portsOf([547]) }],
    source: 'RFC 8415 §7.2',
  },
  {
    id: 'ptl-neighbours',
    // Router and neighbour solicitation and advertisement. From any address: hosts drop what was
    // forwarded by its hop limit (RFC 4861 §6.1, §7.1), and a probe for duplicates comes from ::.
    sources: [EVERY_IPV6],
    matches: [{ protocol: 58, types: [133, 134, 135, 136] }],
    source: 'RFC 4861 §4, RFC 4890 §4.4.1',
  },
  {
    id: 'ptl-mld',
    // Listener query, report, done, and version 2's report; from :: before there is an address.
    sources: [LINK_LOCAL, '::'],
    matches: [{ protocol: 58, types: [130, 131, 132, 143] }],
    source: 'RFC 3810 §5, RFC 3590 §4, RFC 4890 §4.4.1',
  },
  {
    id: 'ptl-igmp',
    sources: ['0.0.0.0'],
    fromSite: 4,
    matches: [{ protocol: 2 }],
    source: 'RFC 3376 §4',
  },
];

/** Where each of our own rules comes from: for `explain` and for comments. */
export const HOUSEKEEPING_SOURCES: ReadonlyMap<string, string> = new Map(
  NEEDS.map(({ id, source }) => [id, source]),
);

/**
 * Rules of the guard that every policy has, all of them to the router itself.
 *
 * @param site networks that the site owns; where none of IPv4 is known, every address may be one
 */
export function housekeeping(site: AddressSet): readonly BoundRule[] {
  return NEEDS.map(({ id, sources, fromSite, matches }) => ({
    id,
    toZone: 'self',
    from: {
      ranges: addressSet([...ranges(sources), ...(fromSite === 4 ? ipv4Of(site) : [])]),
      names: [],
      devices: [],
    },
    to: { ranges: EVERY_ADDRESS, names: [], devices: [] },
    matches,
    action: 'allow',
    log: false,
  }));
}

function ranges(networks: readonly string[]): AddressSet {
  return networks.map((text) => parseNetwork(text)).filter((one) => one !== undefined);
}

function ipv4Of(site: AddressSet): AddressSet {
  const known = site.filter(({ family }) => family === 4);
  return known.length > 0 ? known : EVERY_ADDRESS.filter(({ family }) => family === 4);
}
