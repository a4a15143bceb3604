import type { Citation, Dossier } from '../dossier.ts';
import { DHCP, DNS } from '../standards.ts';

const SSH: Citation = {
  document: 'openwrt/openwrt, package/network/services/dropbear/files/dropbear.config',
  date: 'read 2026-11-25',
};
const WEB: Citation = {
  document: 'openwrt/openwrt, package/network/services/uhttpd/files/uhttpd.config',
  date: 'read 2026-11-25',
};

export const openwrtRouter = {
  id: 'openwrt-router',
  title: 'OpenWrt router',
  vendor: 'OpenWrt',
  category: 'infrastructure',
  kind: 'router',
  aliases: ['openwrt'],
  matches: [{ vendor: 'openwrt' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'administrators',
      purpose: 'LuCI over TLS',
      need: 'required',
      certainty: 'proved',
      source: WEB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'administrators',
      purpose: 'redirects to TLS where it can',
      need: 'optional',
      certainty: 'proved',
      source: WEB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '22',
      protocol: 'ssh',
      peer: 'administrators',
      purpose: 'shell; logins by password are on by default',
      need: 'optional',
      certainty: 'proved',
      source: SSH,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '53',
      protocol: 'dns',
      peer: 'devices of the network',
      purpose: 'names',
      need: 'required',
      certainty: 'proved',
      source: DNS,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '67',
      protocol: 'dhcp',
      peer: 'devices of the network',
      purpose: 'addresses',
      need: 'required',
      certainty: 'proved',
      source: DHCP,
    },
  ],
  notes: [],
} as const satisfies Dossier;
