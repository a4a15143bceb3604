import type { Citation, Dossier } from '../dossier.ts';

const CONF: Citation = {
  document: 'Eclipse Mosquitto 2.0.11, manual page mosquitto.conf(5), listener',
  date: 'read 2026-11-25',
};
const OASIS: Citation = {
  document: 'OASIS MQTT Version 5.0 sections 3.1.2.8 and 4.2',
  date: '2019-03-07',
};

export const mqttBroker = {
  id: 'mqtt-broker',
  title: 'MQTT broker (Mosquitto and others)',
  vendor: 'various',
  category: 'infrastructure',
  kind: 'broker',
  aliases: ['mosquitto', 'broker'],
  matches: [{ speaks: 'mqtt' }, { kind: 'broker' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8883',
      protocol: 'mqtt',
      peer: 'MQTT clients',
      purpose: 'MQTT over TLS',
      need: 'required',
      certainty: 'proved',
      source: OASIS,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '1883',
      protocol: 'mqtt',
      peer: 'MQTT clients of the local network',
      purpose: 'MQTT in the clear: the default listener',
      need: 'optional',
      certainty: 'proved',
      source: CONF,
    },
  ],
  notes: [
    {
      text: 'User name and password are optional in the protocol: see that the broker asks for them.',
      source: OASIS,
    },
  ],
} as const satisfies Dossier;
