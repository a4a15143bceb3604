import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const KB: Citation = {
  document: 'Industrial Monitor Direct, S7-1200 remote access by port 102',
  date: 'read 2026-11-25',
};
const EASY: Citation = {
  document: 'Siemens, S7-1200 Easy Book 03/2014 (A5E02486774-AF), section 7.5 PROFINET',
  date: 'read 2026-11-25',
};
const PLUS: Citation = {
  document:
    'Industrial Monitor Direct, S7comm vs. S7comm-plus in S7-1500 HMI communication (S7-1200 alike)',
  date: 'read 2026-11-25',
};
const WEB: Citation = {
  document: 'Siemens, S7-1200 System Manual V4.2.3 (A5E02486681-AL), section 12.1 web server',
  date: '2018-08',
};
const OPCUA: Citation = {
  document: 'Siemens entry 109775168, S7-1200 OPC UA server, V1.0',
  date: '2020-01',
};
const VPN: Citation = {
  document: 'Siemens FAQ 8970169 (ports of services; access to a controller from the internet)',
  date: '2017-07-05',
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
      protocol: 's7comm-plus',
      peer: 'engineering station and HMI',
      purpose: 'programming, monitoring and HMI, over ISO-on-TCP; the number is fixed',
      need: 'required',
      certainty: 'proved',
      source: KB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '102',
      protocol: 's7comm',
      peer: 'partners that use PUT and GET',
      purpose: 'classic S7 communication, only where the project permits PUT/GET',
      need: 'optional',
      certainty: 'likely',
      source: PLUS,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'maintenance',
      purpose: 'web server over TLS, where it is switched on',
      need: 'optional',
      certainty: 'likely',
      source: WEB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'maintenance',
      purpose: 'web server in the clear; the maker advises HTTPS alone',
      need: 'not-needed',
      certainty: 'likely',
      source: WEB,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '4840',
      protocol: 'opcua',
      peer: 'OPC UA clients',
      purpose: 'OPC UA server of later firmware, where it is switched on',
      need: 'optional',
      certainty: 'likely',
      source: OPCUA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '34964',
      protocol: 'profinet-cm',
      peer: 'PROFINET controllers and devices',
      purpose: 'PROFINET context manager, where it controls or is a PROFINET device',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
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
