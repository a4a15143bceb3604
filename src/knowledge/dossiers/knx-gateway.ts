import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const CALIMERO: Citation = {
  document: 'Calimero 2.0.3 documentation, KNXnetIPRouter',
  date: 'read 2026-11-25',
};
const NEURON: Citation = {
  document: 'EMQX Neuron documentation, KNXnet/IP',
  date: 'read 2026-11-25',
};
const SECURE: Citation = {
  document: 'XKNX/xknx release 1.2.0 (secure routing)',
  date: 'read 2026-11-25',
};

export const knxGateway = {
  id: 'knx-gateway',
  title: 'KNXnet/IP gateway or router',
  vendor: 'various',
  category: 'smart-home',
  kind: 'gateway',
  aliases: ['knx', 'knxnet-ip'],
  matches: [{ speaks: 'knxip' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '3671',
      protocol: 'knxip',
      peer: 'visualisation and ETS',
      purpose: 'tunnelling and search',
      need: 'required',
      certainty: 'proved',
      source: NEURON,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '3671',
      protocol: 'knxip',
      peer: '224.0.23.12',
      purpose: 'routing between lines and search',
      need: 'optional',
      certainty: 'proved',
      source: CALIMERO,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '3671',
      protocol: 'knxip',
      peer: 'visualisation and ETS',
      purpose: 'tunnelling over TCP, as KNX IP Secure uses it',
      need: 'optional',
      certainty: 'likely',
      source: IANA,
    },
  ],
  notes: [
    {
      text: 'KNX IP Secure protects tunnelling and routing; without it both are in the clear.',
      source: SECURE,
    },
  ],
} as const satisfies Dossier;
