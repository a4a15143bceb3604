import type { Citation, Dossier } from '../dossier.ts';

const API: Citation = {
  document: 'ESPHome documentation, Native API Component, esphome.io/components/api',
  date: 'read 2026-11-25',
};
const OTA: Citation = {
  document: 'ESPHome documentation, OTA Updates, esphome.io/components/ota/esphome',
  date: 'read 2026-11-25',
};
const SERVER: Citation = {
  document: 'ESPHome documentation, Web Server Component, esphome.io/components/web_server',
  date: 'read 2026-11-25',
};

export const esphome = {
  id: 'esphome',
  title: 'ESPHome device',
  vendor: 'ESPHome',
  category: 'smart-home',
  kind: 'sensor',
  aliases: ['esp-home'],
  matches: [{ speaks: 'esphome-api' }, { vendor: 'esphome' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '6053',
      protocol: 'esphome-api',
      peer: 'Home Assistant',
      purpose: 'native API: states and commands; encrypted where a key is set',
      need: 'required',
      certainty: 'proved',
      source: API,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '3232',
      protocol: 'esphome-ota',
      peer: 'machine that builds the firmware',
      purpose: 'update of an ESP32',
      need: 'optional',
      certainty: 'proved',
      source: OTA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8266',
      protocol: 'esphome-ota',
      peer: 'machine that builds the firmware',
      purpose: 'update of an ESP8266',
      need: 'optional',
      certainty: 'proved',
      source: OTA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '2040',
      protocol: 'esphome-ota',
      peer: 'machine that builds the firmware',
      purpose: 'update of an RP2040',
      need: 'optional',
      certainty: 'proved',
      source: OTA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8892',
      protocol: 'esphome-ota',
      peer: 'machine that builds the firmware',
      purpose: 'update of a Beken chip',
      need: 'optional',
      certainty: 'proved',
      source: OTA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page, where web_server is configured',
      need: 'optional',
      certainty: 'likely',
      source: SERVER,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found as <name>.local',
      need: 'optional',
      certainty: 'likely',
      source: API,
    },
  ],
  notes: [
    {
      text: 'Set an encryption key: without one the API is in the clear and asks nobody for anything.',
      source: API,
    },
  ],
} as const satisfies Dossier;
