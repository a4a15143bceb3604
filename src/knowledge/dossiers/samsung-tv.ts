import type { Citation, Dossier } from '../dossier.ts';

const HA: Citation = {
  document: 'Home Assistant core, components/samsungtv/const.py',
  date: 'read 2026-11-25',
};

export const samsungTv = {
  id: 'samsung-tv',
  title: 'Samsung television',
  vendor: 'Samsung',
  category: 'smart-home',
  kind: 'tv',
  aliases: ['samsung'],
  matches: [{ vendor: 'samsung', kind: 'tv' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8002',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'remote control by WebSocket over TLS',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8001',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'remote control by WebSocket, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8000',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'remote control, models that encrypt by the maker’s own method',
      need: 'optional',
      certainty: 'likely',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '55000',
      protocol: 'samsung-legacy',
      peer: 'controllers on the local network',
      purpose: 'remote control, older models',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
  ],
  notes: [],
} as const satisfies Dossier;
