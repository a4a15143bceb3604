import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const UDP: Citation = {
  document: 'WLED documentation, UDP Realtime / tpm2.net',
  date: 'read 2026-11-25',
};
const DDP: Citation = {
  document: 'WLED documentation, Distributed Display Protocol',
  date: 'read 2026-11-25',
};
const E131: Citation = {
  document: 'WLED documentation, E1.31 (DMX) / Art-Net',
  date: 'read 2026-11-25',
};

export const wled = {
  id: 'wled',
  title: 'WLED light',
  vendor: 'WLED',
  category: 'smart-home',
  kind: 'light',
  aliases: ['wled-light'],
  matches: [{ vendor: 'wled' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page and JSON API, in the clear',
      need: 'required',
      certainty: 'likely',
      source: UDP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '21324',
      protocol: 'wled',
      peer: 'WLED lights and programs',
      purpose: 'synchronising and realtime colours',
      need: 'optional',
      certainty: 'proved',
      source: UDP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '4048',
      protocol: 'ddp',
      peer: 'programs that drive it',
      purpose: 'Distributed Display Protocol',
      need: 'optional',
      certainty: 'proved',
      source: DDP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '19446',
      protocol: 'hyperion',
      peer: 'Hyperion',
      purpose: 'ambient light',
      need: 'optional',
      certainty: 'proved',
      source: UDP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '65506',
      protocol: 'tpm2.net',
      peer: 'programs that drive it',
      purpose: 'TPM2.NET, where the port is set to it',
      need: 'optional',
      certainty: 'proved',
      source: UDP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5568',
      protocol: 'e131',
      peer: 'programs that drive it',
      purpose: 'E1.31 (sACN)',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
    },
  ],
  notes: [
    {
      text: 'Art-Net or DDP take the place of E1.31 where they are chosen in the settings.',
      source: E131,
    },
  ],
} as const satisfies Dossier;
