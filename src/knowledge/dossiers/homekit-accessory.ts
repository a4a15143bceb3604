import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const HA: Citation = {
  document: 'Home Assistant documentation, integration HomeKit Bridge',
  date: 'read 2026-11-25',
};

export const homekitAccessory = {
  id: 'homekit-accessory',
  title: 'Apple HomeKit accessory',
  vendor: 'various',
  category: 'smart-home',
  kind: 'accessory',
  aliases: ['homekit', 'hap'],
  matches: [{ model: 'hass bridge' }, { model: 'homekit' }],
  announces: ['_hap._tcp'],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '21063',
      protocol: 'hap',
      peer: 'Apple devices of the home',
      purpose:
        'HomeKit Accessory Protocol of a Home Assistant bridge; others use a port of their own choice, found by mDNS',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by controllers (_hap._tcp), which also tells the port',
      need: 'required',
      certainty: 'proved',
      source: MDNS,
    },
  ],
  notes: [
    {
      text: 'The port is what the accessory announces by mDNS: allow it from the home hub by observation, not by number.',
      source: HA,
    },
  ],
} as const satisfies Dossier;
