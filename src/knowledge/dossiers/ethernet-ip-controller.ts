import type { Citation, Dossier } from '../dossier.ts';

const RSLINX: Citation = {
  document:
    'Industrial Monitor Direct, RSLinx Classic ControlLogix: open TCP 44818 through a firewall',
  date: 'read 2026-11-25',
};
const MSG: Citation = {
  document: 'Industrial Monitor Direct, Allen-Bradley MSG instruction: firewall ports',
  date: 'read 2026-11-25',
};
const SINAMICS: Citation = {
  document:
    'Siemens, SINAMICS S120 Communication 12/2018, section 2.5 (explicit and implicit messaging)',
  date: '2018-12',
};

export const ethernetIpController = {
  id: 'ethernet-ip-controller',
  title: 'EtherNet/IP controller (Rockwell and others)',
  vendor: 'various',
  category: 'industrial',
  kind: 'controller',
  aliases: ['ethernet-ip', 'controllogix', 'compactlogix'],
  matches: [{ speaks: 'enip' }, { vendor: 'rockwell automation' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '44818',
      protocol: 'enip',
      peer: 'engineering station, HMI and controllers',
      purpose: 'explicit messaging',
      need: 'required',
      certainty: 'proved',
      source: RSLINX,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '44818',
      protocol: 'enip',
      peer: 'engineering station',
      purpose: 'List Identity: being found',
      need: 'optional',
      certainty: 'proved',
      source: MSG,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '2222',
      protocol: 'enip-io',
      peer: 'controllers and I/O',
      purpose: 'implicit messaging: cyclic I/O',
      need: 'optional',
      certainty: 'proved',
      source: SINAMICS,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '2222',
      protocol: 'csp',
      peer: 'nobody',
      purpose: 'CSPv4 of PLC-5E and SLC 5/05; newer controllers refuse it',
      need: 'not-needed',
      certainty: 'proved',
      source: RSLINX,
    },
  ],
  notes: [],
} as const satisfies Dossier;
