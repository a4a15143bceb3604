import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const PART4: Citation = {
  document: 'OPC 10000-4 section 7.20 (MessageSecurityMode)',
  date: '2022-11-01',
};

export const opcuaServer = {
  id: 'opcua-server',
  title: 'OPC UA server',
  vendor: 'various',
  category: 'industrial',
  kind: 'controller',
  aliases: ['opc-ua', 'opcua'],
  matches: [{ speaks: 'opcua' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '4840',
      protocol: 'opcua',
      peer: 'OPC UA clients',
      purpose: 'OPC UA over TCP; use an endpoint with signing and encryption',
      need: 'required',
      certainty: 'proved',
      source: IANA,
    },
  ],
  notes: [
    {
      text: 'Whether messages are signed and encrypted is chosen by endpoint: None does neither.',
      source: PART4,
    },
  ],
} as const satisfies Dossier;
