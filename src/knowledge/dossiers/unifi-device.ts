import type { Citation, Dossier } from '../dossier.ts';

const SUSE: Citation = {
  document:
    'openSUSE package unifi, unifi.xml, after Ubiquiti UniFi Ports Used (help article 218506997)',
  date: 'read 2026-11-25',
};
const INFORM: Citation = {
  document: 'Tamarack, reverse engineering the UniFi inform protocol, tamarack.cloud/blog',
  date: 'read 2026-11-25',
};

export const unifiDevice = {
  id: 'unifi-device',
  title: 'Ubiquiti UniFi access point or switch',
  vendor: 'Ubiquiti',
  category: 'infrastructure',
  kind: 'access point',
  aliases: ['unifi', 'unifi-ap'],
  matches: [{ vendor: 'ubiquiti' }],
  factoryLogin: {
    how: 'shared',
    protocols: ['ssh'],
    applies: 'until a controller adopts it, which gives it another one',
    source: {
      document: 'UniHosted, Default SSH credentials in UniFi network devices',
      date: 'read 2026-11-25',
    },
  },
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '8080',
      protocol: 'http',
      peer: 'UniFi controller',
      purpose: 'inform: state and commands, every 10 s',
      need: 'required',
      certainty: 'proved',
      source: INFORM,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '3478',
      protocol: 'stun',
      peer: 'UniFi controller',
      purpose: 'keeps the way from the controller open',
      need: 'required',
      certainty: 'proved',
      source: SUSE,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '10001',
      protocol: 'ubnt-discovery',
      peer: 'UniFi controller on the same link',
      purpose: 'being found for adoption',
      need: 'optional',
      certainty: 'proved',
      source: SUSE,
    },
  ],
  notes: [
    {
      text: 'The first 40 bytes of an inform packet, the MAC address among them, are in the clear.',
      source: INFORM,
    },
  ],
} as const satisfies Dossier;
