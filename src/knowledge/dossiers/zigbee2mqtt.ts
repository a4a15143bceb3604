import type { Citation, Dossier } from '../dossier.ts';

const FRONT: Citation = {
  document: 'Zigbee2MQTT documentation, Configuration: Frontend',
  date: 'read 2026-11-25',
};
const EXAMPLE: Citation = {
  document: 'Zigbee2MQTT 2.4.0, data/configuration.example.yaml',
  date: 'read 2026-11-25',
};

export const zigbee2mqtt = {
  id: 'zigbee2mqtt',
  title: 'Zigbee2MQTT',
  vendor: 'Zigbee2MQTT',
  category: 'smart-home',
  kind: 'bridge',
  aliases: ['z2m'],
  matches: [{ vendor: 'zigbee2mqtt' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8080',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page; without a login unless auth_token is set',
      need: 'optional',
      certainty: 'proved',
      source: FRONT,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '1883',
      protocol: 'mqtt',
      peer: 'broker',
      purpose: 'states and commands',
      need: 'required',
      certainty: 'likely',
      source: EXAMPLE,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '6638',
      protocol: 'zigbee-adapter',
      peer: 'Zigbee adapter on the network',
      purpose: 'serial line to an adapter that is not on USB',
      need: 'optional',
      certainty: 'proved',
      source: EXAMPLE,
    },
  ],
  notes: [{ text: 'Zigbee devices have no IP port: they stand behind it.', source: EXAMPLE }],
} as const satisfies Dossier;
