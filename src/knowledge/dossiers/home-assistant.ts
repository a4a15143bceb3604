import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const HTTP: Citation = {
  document: 'Home Assistant documentation, integration HTTP',
  date: 'read 2026-11-25',
};
const SONOS: Citation = {
  document: 'Home Assistant documentation, integration Sonos',
  date: 'read 2026-11-25',
};
const SHELLY: Citation = {
  document: 'Home Assistant documentation, integration Shelly',
  date: 'read 2026-11-25',
};
const HOMEKIT: Citation = {
  document: 'Home Assistant documentation, integration HomeKit Bridge',
  date: 'read 2026-11-25',
};

export const homeAssistant = {
  id: 'home-assistant',
  title: 'Home Assistant',
  vendor: 'Home Assistant',
  category: 'smart-home',
  kind: 'hub',
  aliases: ['hass'],
  matches: [{ vendor: 'home assistant' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8123',
      protocol: 'http',
      peer: 'users and devices',
      purpose: 'web page and API; in the clear unless a certificate is set',
      need: 'required',
      certainty: 'proved',
      source: HTTP,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '1400-1499',
      protocol: 'http',
      peer: 'Sonos speakers',
      purpose: 'reports of changes, with the Sonos integration',
      need: 'optional',
      certainty: 'proved',
      source: SONOS,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5683',
      protocol: 'coap',
      peer: 'Shelly devices of the first generation',
      purpose: 'states, with the Shelly integration',
      need: 'optional',
      certainty: 'proved',
      source: SHELLY,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '21063',
      protocol: 'hap',
      peer: 'Apple devices of the home',
      purpose: 'HomeKit bridge',
      need: 'optional',
      certainty: 'proved',
      source: HOMEKIT,
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
  notes: [{ text: 'Files under /local/ are served to anybody, without a login.', source: HTTP }],
} as const satisfies Dossier;
