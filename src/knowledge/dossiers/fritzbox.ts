import type { Citation, Dossier } from '../dossier.ts';
import { DHCP, DNS } from '../standards.ts';

const HA: Citation = {
  document:
    'Home Assistant core, components/fritz/const.py (DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT)',
  date: 'read 2026-11-25',
};

export const fritzbox = {
  id: 'fritzbox',
  title: 'AVM FRITZ!Box',
  vendor: 'AVM',
  category: 'infrastructure',
  kind: 'router',
  aliases: ['fritz-box', 'fritz'],
  matches: [{ vendor: 'avm' }, { model: 'fritz!box' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '49443',
      protocol: 'http',
      peer: 'Home Assistant and apps',
      purpose: 'TR-064 over TLS',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '49000',
      protocol: 'http',
      peer: 'Home Assistant and apps',
      purpose: 'TR-064 and UPnP, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '53',
      protocol: 'dns',
      peer: 'devices of the network',
      purpose: 'names',
      need: 'required',
      certainty: 'proved',
      source: DNS,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '67',
      protocol: 'dhcp',
      peer: 'devices of the network',
      purpose: 'addresses',
      need: 'required',
      certainty: 'proved',
      source: DHCP,
    },
  ],
  notes: [],
} as const satisfies Dossier;
