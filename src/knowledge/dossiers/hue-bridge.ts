import type { Citation, Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

const API: Citation = {
  document: 'burgestrand.se/hue-api (bridge API and discovery)',
  date: 'read 2026-11-22',
};
const ENTERTAINMENT: Citation = {
  document: 'AlCalzone/node-dtls-client issue 6',
  date: 'read 2026-11-22',
};

export const hueBridge = {
  id: 'hue-bridge',
  title: 'Philips Hue bridge',
  vendor: 'Signify',
  category: 'smart-home',
  kind: 'bridge',
  aliases: ['hue', 'philips-hue'],
  matches: [
    { vendor: 'signify', kind: 'bridge' },
    { vendor: 'philips', kind: 'bridge' },
    { vendor: 'philips', model: 'bsb00' },
    { model: 'hue bridge' },
  ],
  announces: ['_hue._tcp'],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'control by apps and home automation (/clip/v2) over TLS',
      need: 'required',
      certainty: 'proved',
      source: ENTERTAINMENT,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'older API and description.xml for discovery, in the clear',
      need: 'optional',
      certainty: 'likely',
      source: API,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '2100',
      protocol: 'dtls',
      peer: 'controllers on the local network',
      purpose: 'Hue Entertainment (light synchronised with sound and picture)',
      need: 'optional',
      certainty: 'proved',
      source: ENTERTAINMENT,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '1900',
      protocol: 'ssdp',
      peer: '239.255.255.250',
      purpose: 'being found by apps',
      need: 'optional',
      certainty: 'likely',
      source: API,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by apps (_hue._tcp)',
      need: 'optional',
      certainty: 'likely',
      source: API,
    },
  ],
  notes: [
    {
      text: 'Bulbs speak Zigbee or Bluetooth and have no IP port: they stand behind the bridge.',
      source: API,
    },
    {
      text: 'No source was found for port 6850, which is registered for something else (iccrushmore).',
      source: IANA,
    },
  ],
} as const satisfies Dossier;
