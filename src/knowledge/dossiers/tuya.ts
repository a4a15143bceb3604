import type { Citation, Dossier } from '../dossier.ts';

const CONST: Citation = {
  document: 'jasonacox/tinytuya, tinytuya/core/const.py',
  date: 'read 2026-11-25',
};
const README: Citation = {
  document: 'tinytuya, description (protocol versions and use)',
  date: 'read 2026-11-25',
};

export const tuya = {
  id: 'tuya',
  title: 'Tuya device',
  vendor: 'Tuya',
  category: 'smart-home',
  kind: 'plug',
  aliases: ['smart-life', 'tuya-plug'],
  matches: [{ speaks: 'tuya' }, { vendor: 'tuya' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '6668',
      protocol: 'tuya',
      peer: 'controllers on the local network',
      purpose: 'local control; one connection at a time',
      need: 'optional',
      certainty: 'proved',
      source: CONST,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '6666',
      protocol: 'tuya',
      peer: '255.255.255.255',
      purpose: 'announces itself, protocol 3.1, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: CONST,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '6667',
      protocol: 'tuya',
      peer: '255.255.255.255',
      purpose: 'announces itself, protocol 3.3 and later, encrypted',
      need: 'optional',
      certainty: 'proved',
      source: CONST,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '7000',
      protocol: 'tuya',
      peer: '255.255.255.255',
      purpose: 'search by the app, encrypted',
      need: 'optional',
      certainty: 'proved',
      source: CONST,
    },
  ],
  notes: [
    {
      text: 'It is made to talk to the Tuya cloud; most devices can also be controlled locally with the local key.',
      source: README,
    },
  ],
} as const satisfies Dossier;
