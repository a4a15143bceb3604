import type { Citation, Dossier } from '../dossier.ts';

const LIB: Citation = {
  document: 'home-assistant-libs/aiowebostv, aiowebostv/webos_client.py (WS_PORT, WSS_PORT)',
  date: 'read 2026-11-25',
};

export const lgWebos = {
  id: 'lg-webos',
  title: 'LG webOS television',
  vendor: 'LG',
  category: 'smart-home',
  kind: 'tv',
  aliases: ['lg', 'webos'],
  matches: [{ vendor: 'lg', kind: 'tv' }, { model: 'webos' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '3001',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'remote control (SSAP) by WebSocket over TLS',
      need: 'optional',
      certainty: 'proved',
      source: LIB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '3000',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'remote control (SSAP) by WebSocket, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: LIB,
    },
  ],
  notes: [],
} as const satisfies Dossier;
