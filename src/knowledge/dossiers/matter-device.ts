import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const OS: Citation = {
  document: 'matter-js/matterjs-server, docs/os_requirements.md',
  date: 'read 2026-11-25',
};

export const matterDevice = {
  id: 'matter-device',
  title: 'Matter device',
  vendor: 'various',
  category: 'smart-home',
  kind: 'accessory',
  aliases: ['matter'],
  matches: [{ speaks: 'matter' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5540',
      protocol: 'matter',
      peer: 'Matter controllers on the same link',
      purpose: 'operation and commissioning',
      need: 'required',
      certainty: 'proved',
      source: IANA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '5540',
      protocol: 'matter',
      peer: 'Matter controllers on the same link',
      purpose: 'operation over TCP, where the device has it',
      need: 'optional',
      certainty: 'proved',
      source: IANA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by controllers, over IPv6',
      need: 'required',
      certainty: 'proved',
      source: OS,
    },
  ],
  notes: [
    {
      text: 'It uses IPv6 link-local multicast: controllers, border routers and devices have to be in one VLAN.',
      source: OS,
    },
    { text: 'mDNS forwarders tend to hinder it: leave them off.', source: OS },
  ],
} as const satisfies Dossier;
