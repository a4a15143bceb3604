import type { Citation, Dossier } from '../dossier.ts';

const MIIO: Citation = {
  document: 'rytilahti/python-miio, miio/miioprotocol.py',
  date: 'read 2026-11-25',
};

export const xiaomiMiio = {
  id: 'xiaomi-miio',
  title: 'Xiaomi device (miIO)',
  vendor: 'Xiaomi',
  category: 'smart-home',
  kind: 'appliance',
  aliases: ['miio', 'xiaomi', 'mi-home'],
  matches: [{ speaks: 'miio' }, { vendor: 'xiaomi' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '54321',
      protocol: 'miio',
      peer: 'controllers on the local network',
      purpose: 'local control with a token, and search by broadcast',
      need: 'optional',
      certainty: 'proved',
      source: MIIO,
    },
  ],
  notes: [
    { text: 'A device that is not yet set up tells its token to whoever asks.', source: MIIO },
  ],
} as const satisfies Dossier;
