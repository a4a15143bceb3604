import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const KB: Citation = {
  document: 'Industrial Monitor Direct, S7-1200 remote access by port 102',
  date: 'read 2026-11-25',
};
const PLUS: Citation = {
  document: 'Industrial Monitor Direct, S7comm vs. S7comm-plus in S7-1500 HMI communication',
  date: 'read 2026-11-25',
};
const VPN: Citation = {
  document: 'Siemens FAQ 8970169 (ports of services; access to a controller from the internet)',
  date: '2017-07-05',
};

export const s7Controller = {
  id: 's7-controller',
  title: 'Siemens S7 controller (other or unknown model)',
  vendor: 'Siemens',
  category: 'industrial',
  kind: 'plc',
  aliases: ['s7', 'siemens', 'siemens-s7', 's7-300', 's7-400'],
  matches: [{ speaks: 's7comm' }, { speaks: 's7comm-plus' }, { vendor: 'siemens', kind: 'plc' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '102',
      protocol: 's7comm',
      peer: 'engineering station and HMI',
      purpose: 'programming, monitoring and HMI of S7-200, 300, 400, 1200 and 1500',
      need: 'required',
      certainty: 'proved',
      source: KB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '102',
      protocol: 's7comm-plus',
      peer: 'engineering station and HMI of S7-1200 and 1500',
      purpose: 'the later S7 protocol, over the same ISO-on-TCP',
      need: 'optional',
      certainty: 'likely',
      source: PLUS,
    },
  ],
  notes: [
    {
      text: '102 is registered for ISO-on-TCP, which others use as well: confirm by the COTP handshake.',
      source: IANA,
    },
    { text: 'From the internet only through a VPN.', source: VPN },
  ],
} as const satisfies Dossier;
