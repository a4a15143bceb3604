import type { Dossier } from '../dossier.ts';
import { COAP, IANA } from '../standards.ts';

export const coapSensor = {
  id: 'coap-sensor',
  title: 'CoAP or LwM2M sensor',
  vendor: 'various',
  category: 'smart-home',
  kind: 'sensor',
  aliases: ['coap', 'lwm2m', 'smart-sensor', 'sensor'],
  matches: [{ speaks: 'coap' }, { kind: 'sensor', speaks: 'coap' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5684',
      protocol: 'coap',
      peer: 'controllers on the local network',
      purpose: 'CoAP over DTLS',
      need: 'required',
      certainty: 'proved',
      source: COAP,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5683',
      protocol: 'coap',
      peer: 'controllers on the local network',
      purpose: 'CoAP in the clear',
      need: 'optional',
      certainty: 'proved',
      source: COAP,
    },
  ],
  notes: [
    {
      text: 'Ranges such as 5000-65535 are no rule: replies are the job of connection tracking.',
      source: IANA,
    },
  ],
} as const satisfies Dossier;
