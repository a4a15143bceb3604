import type { Citation, Dossier } from '../dossier.ts';

const BASIC: Citation = {
  document: 'home-assistant/core pull request 137603 (Reolink Basic Service Port)',
  date: 'read 2026-11-25',
};
const HA: Citation = {
  document: 'Home Assistant documentation, integration Reolink',
  date: 'read 2026-11-25',
};
const PORTS: Citation = {
  document: 'fwestenberg/reolink_dev issue 15 (default ports of an RLC-410)',
  date: 'read 2026-11-25',
};

export const reolinkCamera = {
  id: 'reolink-camera',
  title: 'Reolink camera or recorder',
  vendor: 'Reolink',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['reolink'],
  matches: [{ vendor: 'reolink' }],
  factoryLogin: {
    how: 'set-at-first-use',
    user: 'admin',
    protocols: ['http', 'rtsp'],
    applies: 'recorders ask for a password when they are set up',
    source: {
      document: 'Reolink support article 29164848372505, Introduction to Reolink NVR Passwords',
      date: 'read 2026-11-25',
    },
  },
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '9000',
      protocol: 'reolink',
      peer: 'controllers on the local network',
      purpose: 'Basic Service: the maker’s own protocol (Baichuan), apps and events',
      need: 'required',
      certainty: 'proved',
      source: BASIC,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'recorder or Home Assistant',
      purpose: 'API over TLS, once it is switched on',
      need: 'optional',
      certainty: 'proved',
      source: BASIC,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'recorder or Home Assistant',
      purpose: 'API in the clear, once it is switched on',
      need: 'optional',
      certainty: 'proved',
      source: BASIC,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '554',
      protocol: 'rtsp',
      peer: 'recorder or viewer',
      purpose: 'video',
      need: 'optional',
      certainty: 'proved',
      source: PORTS,
    },
  ],
  notes: [
    {
      text: 'Push messages, mail and FTP upload are switches of the camera: what is off needs no way out.',
      source: HA,
    },
  ],
} as const satisfies Dossier;
