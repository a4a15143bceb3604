import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const LANMODE: Citation = {
  document: 'AlexxIT/SonoffLAN issues 928 and 1780 (local port)',
  date: 'read 2026-11-25',
};
const CLOUD: Citation = {
  document: 'AlexxIT/SonoffLAN issue 1275 (local operation only)',
  date: 'read 2026-11-25',
};

export const ewelink = {
  id: 'ewelink',
  title: 'Sonoff device with eWeLink firmware',
  vendor: 'Sonoff',
  category: 'smart-home',
  kind: 'relay',
  aliases: ['sonoff', 'ewelink-sonoff'],
  matches: [{ vendor: 'sonoff' }, { vendor: 'itead' }, { model: 'ewelink' }],
  announces: ['_ewelink._tcp'],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8081',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'local control, firmware 3 and later',
      need: 'optional',
      certainty: 'proved',
      source: LANMODE,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found (_ewelink._tcp)',
      need: 'optional',
      certainty: 'likely',
      source: MDNS,
    },
  ],
  notes: [
    { text: 'The maker’s firmware does not always work well without the cloud.', source: CLOUD },
  ],
} as const satisfies Dossier;
