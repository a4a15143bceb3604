import type { Citation, Dossier } from '../dossier.ts';

const HA: Citation = {
  document: 'Home Assistant core, components/govee_light_local/const.py',
  date: 'read 2026-11-25',
};

export const goveeLight = {
  id: 'govee-light',
  title: 'Govee light',
  vendor: 'Govee',
  category: 'smart-home',
  kind: 'light',
  aliases: ['govee'],
  matches: [{ vendor: 'govee' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '4001',
      protocol: 'govee',
      peer: '239.255.255.250',
      purpose: 'search',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '4002',
      protocol: 'govee',
      peer: 'controller that searched',
      purpose: 'answers to search and questions',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
  ],
  notes: [],
} as const satisfies Dossier;
