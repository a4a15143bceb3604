import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const SOCO: Citation = {
  document: 'SoCo, soco/services.py (base address of UPnP actions)',
  date: 'read 2026-11-25',
};
const KLING: Citation = {
  document: 'Felix Kling, Sonos speakers on a dedicated subnet/VLAN, felix-kling.de',
  date: '2019',
};
const HA: Citation = {
  document: 'Home Assistant documentation, integration Sonos',
  date: 'read 2026-11-25',
};

export const sonos = {
  id: 'sonos',
  title: 'Sonos speaker',
  vendor: 'Sonos',
  category: 'smart-home',
  kind: 'speaker',
  aliases: ['sonos-one', 'symfonisk'],
  matches: [{ vendor: 'sonos' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '1400',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'control by UPnP, in the clear',
      need: 'required',
      certainty: 'proved',
      source: SOCO,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '1900',
      protocol: 'ssdp',
      peer: '239.255.255.250',
      purpose: 'search by the controller',
      need: 'required',
      certainty: 'proved',
      source: KLING,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '1400-1499',
      protocol: 'http',
      peer: 'Home Assistant',
      purpose: 'reports of changes to whoever subscribed; the next free port from 1400 on',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by apps (DNS-SD)',
      need: 'optional',
      certainty: 'likely',
      source: MDNS,
    },
  ],
  notes: [
    {
      text: 'Search goes to 239.255.255.250 and to 255.255.255.255: neither leaves the subnet without help.',
      source: KLING,
    },
  ],
} as const satisfies Dossier;
