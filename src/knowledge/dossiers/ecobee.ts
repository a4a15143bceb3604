import type { Citation, Dossier } from '../dossier.ts';
import { DNS, NTP } from '../standards.ts';

const SECURITY: Citation = {
  document:
    'ecobee, Corporate Network Security & ecobee WiFi Internet Connection, ecobee.com/case-studies',
  date: 'read 2026-11-25',
};

export const ecobee = {
  id: 'ecobee',
  title: 'ecobee thermostat',
  vendor: 'ecobee',
  category: 'smart-home',
  kind: 'thermostat',
  aliases: ['ecobee-thermostat'],
  matches: [{ vendor: 'ecobee' }],
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '8089',
      protocol: 'tls',
      peer: 'ecobee servers',
      purpose:
        'connection to the service, opened by the thermostat, over TLS with certificates of both sides',
      need: 'required',
      certainty: 'proved',
      source: SECURITY,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '53',
      protocol: 'dns',
      peer: 'resolver of the network',
      purpose: 'names of the services it calls',
      need: 'required',
      certainty: 'likely',
      source: DNS,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '123',
      protocol: 'ntp',
      peer: 'time server',
      purpose: 'time, without which certificates cannot be checked',
      need: 'required',
      certainty: 'likely',
      source: NTP,
    },
  ],
  notes: [
    {
      text: 'The maker says that it has no open TCP or UDP port and answers ping only; this document is on the first models.',
      source: SECURITY,
    },
  ],
} as const satisfies Dossier;
