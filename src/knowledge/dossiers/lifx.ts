import type { Citation, Dossier } from '../dossier.ts';

const LAN: Citation = {
  document: 'LIFX LAN protocol documentation, Communicating with a device',
  date: '2026-02-03',
};

export const lifx = {
  id: 'lifx',
  title: 'LIFX light',
  vendor: 'LIFX',
  category: 'smart-home',
  kind: 'light',
  aliases: ['lifx-light'],
  matches: [{ vendor: 'lifx' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '56700',
      protocol: 'lifx',
      peer: 'controllers on the local network',
      purpose: 'control and search by broadcast, in the clear and without a login',
      need: 'required',
      certainty: 'proved',
      source: LAN,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found, firmware 4.110 and later',
      need: 'optional',
      certainty: 'proved',
      source: LAN,
    },
  ],
  notes: [],
} as const satisfies Dossier;
