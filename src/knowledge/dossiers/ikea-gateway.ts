import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const DIRIGERA: Citation = {
  document: 'Leggin/dirigera, src/dirigera/hub/hub.py',
  date: 'read 2026-11-25',
};
const TRADFRI: Citation = {
  document: 'pytradfri, pytradfri/command.py (address of the gateway)',
  date: 'read 2026-11-25',
};

export const ikeaGateway = {
  id: 'ikea-gateway',
  title: 'IKEA DIRIGERA or TRÅDFRI gateway',
  vendor: 'IKEA',
  category: 'smart-home',
  kind: 'bridge',
  aliases: ['dirigera', 'tradfri'],
  matches: [{ vendor: 'ikea' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8443',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'DIRIGERA: API and WebSocket over TLS',
      need: 'required',
      certainty: 'proved',
      source: DIRIGERA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5684',
      protocol: 'coap',
      peer: 'controllers on the local network',
      purpose: 'TRÅDFRI: CoAP over DTLS with a pre-shared key',
      need: 'required',
      certainty: 'proved',
      source: TRADFRI,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by apps (DNS-SD)',
      need: 'optional',
      certainty: 'likely',
      source: MDNS,
    },
  ],
  notes: [
    {
      text: 'Each model has one of the two; lamps and remotes speak Zigbee and have no IP port.',
      source: TRADFRI,
    },
  ],
} as const satisfies Dossier;
