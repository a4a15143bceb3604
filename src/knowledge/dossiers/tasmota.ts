import type { Citation, Dossier } from '../dossier.ts';

const MQTT: Citation = { document: 'Tasmota documentation, MQTT', date: 'read 2026-11-25' };
const GROUPS: Citation = {
  document: 'Tasmota documentation, Device Groups',
  date: 'read 2026-11-25',
};

export const tasmota = {
  id: 'tasmota',
  title: 'Tasmota device',
  vendor: 'Tasmota',
  category: 'smart-home',
  kind: 'relay',
  aliases: ['sonoff-tasmota'],
  matches: [{ vendor: 'tasmota' }],
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '1883',
      protocol: 'mqtt',
      peer: 'broker on the local network',
      purpose: 'commands and telemetry; the default port, in the clear',
      need: 'required',
      certainty: 'proved',
      source: MQTT,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page for set-up, commands and updates',
      need: 'optional',
      certainty: 'likely',
      source: MQTT,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '4447',
      protocol: 'tasmota-device-groups',
      peer: '239.255.250.250',
      purpose: 'device groups, where SetOption85 switches them on',
      need: 'optional',
      certainty: 'proved',
      source: GROUPS,
    },
  ],
  notes: [
    {
      text: 'MQTT is the main protocol: the device needs a way to its broker and none to the internet.',
      source: MQTT,
    },
  ],
} as const satisfies Dossier;
