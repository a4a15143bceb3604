import type { Citation, Dossier } from '../dossier.ts';

const PROTOCOL: Citation = {
  document:
    'yeelight-client, Protocol Reference, after the Yeelight WiFi Light Inter-Operation Specification',
  date: 'read 2026-11-25',
};
const TAP: Citation = { document: 'TapHome, compatibility: Yeelight', date: '2026-04' };
const HA: Citation = {
  document: 'Home Assistant documentation, integration Yeelight',
  date: 'read 2026-11-25',
};

export const yeelight = {
  id: 'yeelight',
  title: 'Yeelight light',
  vendor: 'Yeelight',
  category: 'smart-home',
  kind: 'light',
  aliases: ['yeelight-light'],
  matches: [{ vendor: 'yeelight' }, { model: 'yeelink' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '55443',
      protocol: 'yeelight',
      peer: 'controllers on the local network',
      purpose: 'control, in the clear and without a login, once LAN Control is switched on',
      need: 'optional',
      certainty: 'proved',
      source: PROTOCOL,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '1982',
      protocol: 'ssdp',
      peer: '239.255.255.250',
      purpose: 'being found',
      need: 'optional',
      certainty: 'proved',
      source: PROTOCOL,
    },
  ],
  notes: [
    { text: 'LAN Control is off by default, and the port refuses until it is on.', source: TAP },
    {
      text: 'In music mode the light opens a connection to the controller, on a port that the controller chooses.',
      source: HA,
    },
  ],
} as const satisfies Dossier;
