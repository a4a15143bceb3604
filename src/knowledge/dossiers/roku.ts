import type { Citation, Dossier } from '../dossier.ts';

const ECP: Citation = {
  document: 'Roku developer documentation, External Control Protocol (ECP)',
  date: 'read 2026-11-25',
};
const NMAP: Citation = {
  document: 'RoseSecurity/Abusing-Roku-APIs, scan of a Roku',
  date: 'read 2026-11-25',
};
const GIST: Citation = {
  document: 'cmbaughman, Enumerate Roku devices (gist 7d68e65d4f895bd25893a796e1113122)',
  date: 'read 2026-11-25',
};

export const roku = {
  id: 'roku',
  title: 'Roku player or TV',
  vendor: 'Roku',
  category: 'smart-home',
  kind: 'media player',
  aliases: ['roku-tv'],
  matches: [{ vendor: 'roku' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8060',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'External Control Protocol, in the clear and without a login',
      need: 'optional',
      certainty: 'proved',
      source: GIST,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '1900',
      protocol: 'ssdp',
      peer: '239.255.255.250',
      purpose: 'being found by apps',
      need: 'optional',
      certainty: 'proved',
      source: ECP,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '7000',
      protocol: 'airplay',
      peer: 'Apple devices',
      purpose: 'AirPlay',
      need: 'optional',
      certainty: 'likely',
      source: NMAP,
    },
  ],
  notes: [
    {
      text: 'Since Roku OS 14.1 the setting “Control by mobile apps” decides whether commands are taken.',
      source: ECP,
    },
  ],
} as const satisfies Dossier;
