import type { Citation, Dossier } from '../dossier.ts';

const KB: Citation = {
  document: 'Industrial Monitor Direct, S7-1200 remote access by port 102',
  date: 'read 2026-11-25',
};
const EASY: Citation = {
  document: 'Siemens, S7-1200 Easy Book 03/2014 (A5E02486774-AF), section 7.5 PROFINET',
  date: 'read 2026-11-25',
};
const VPN: Citation = {
  document: 'Siemens FAQ 8970169 (access to a controller from the internet)',
  date: 'read 2026-11-22',
};
const MODBUS: Citation = {
  document: 'Siemens FAQ 34010717 (ports of Modbus/TCP on a SIMATIC S7 CPU)',
  date: '2015-08-24',
};

export const s71200 = {
  id: 's7-1200',
  title: 'Siemens SIMATIC S7-1200',
  vendor: 'Siemens',
  category: 'industrial',
  kind: 'plc',
  aliases: ['siemens-s7-1200'],
  matches: [{ model: 's7-1200' }, { model: '6es7 21' }, { model: 'cpu 121' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '102',
      protocol: 's7comm',
      peer: 'engineering station and HMI',
      purpose: 'programming, monitoring and HMI, over ISO-on-TCP; the number is fixed',
      need: 'required',
      certainty: 'proved',
      source: KB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '502',
      protocol: 'modbus',
      peer: 'Modbus clients that the program expects',
      purpose: 'where the program is a Modbus server',
      need: 'optional',
      certainty: 'proved',
      source: MODBUS,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '2000-5000',
      protocol: 'open-user-communication',
      peer: 'partners that the program names',
      purpose: 'recommended numbers of open user communication, where the program uses it',
      need: 'optional',
      certainty: 'likely',
      source: EASY,
    },
  ],
  notes: [{ text: 'From the internet only through a VPN.', source: VPN }],
} as const satisfies Dossier;
