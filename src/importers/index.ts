import type { Registry } from '../base/registry.ts';
import { registry } from '../base/registry.ts';
import { dhcpd } from './dhcpd.ts';
import type { Importer } from './importer.ts';
import { iosArp } from './ios-arp.ts';
import { iptables } from './iptables.ts';
import { kea } from './kea.ts';
import { leases } from './leases.ts';
import { luci } from './luci.ts';
import { neighbours } from './neighbours.ts';
import { nftables } from './nftables.ts';
import { nmap } from './nmap.ts';
import { routeros } from './routeros.ts';
import { upnpLeases } from './upnp-leases.ts';

/** In the order in which an unnamed file is offered to them: the strictest first. */
const members = registry([
  nftables,
  iptables,
  upnpLeases,
  nmap,
  kea,
  luci,
  iosArp,
  routeros,
  dhcpd,
  neighbours,
  leases,
]);

export const importers: Registry<Importer> = members;
