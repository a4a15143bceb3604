import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const GUIDE: Citation = {
  document: 'Modbus Organization, MODBUS Messaging on TCP/IP Implementation Guide V1.0b',
  date: '2006-10-24',
};
const SCHNEIDER: Citation = {
  document: 'Schneider Electric, Ethernet help: firewall, port numbers used by NOE',
  date: 'read 2026-11-25',
};

export const modbusController = {
  id: 'modbus-controller',
  title: 'Modbus/TCP controller or meter',
  vendor: 'various',
  category: 'industrial',
  kind: 'controller',
  aliases: ['modbus', 'modbus-meter'],
  matches: [{ speaks: 'modbus' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '502',
      protocol: 'modbus',
      peer: 'masters that the plant names',
      purpose: 'reading and writing of registers; no login, in the clear',
      need: 'required',
      certainty: 'proved',
      source: GUIDE,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '802',
      protocol: 'modbus',
      peer: 'masters that the plant names',
      purpose: 'Modbus/TCP Security over TLS, where the device has it',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'maintenance',
      purpose: 'web page, in the clear',
      need: 'optional',
      certainty: 'likely',
      source: SCHNEIDER,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '21',
      protocol: 'ftp',
      peer: 'nobody',
      purpose: 'files in the clear; the process does not need it',
      need: 'not-needed',
      certainty: 'likely',
      source: SCHNEIDER,
    },
  ],
  notes: [
    {
      text: 'Modbus asks nobody for a login: allow only the addresses of its masters.',
      source: GUIDE,
    },
  ],
} as const satisfies Dossier;
