import type { Citation, Dossier } from '../dossier.ts';

const SOFT: Citation = {
  document: 'softScheck, Reverse Engineering the TP-Link HS110',
  date: '2016',
};
const DISCOVER: Citation = {
  document: 'python-kasa, kasa/discover.py (DISCOVERY_PORT; later versions DISCOVERY_PORT_2)',
  date: 'read 2026-11-25',
};
const DESIGN: Citation = {
  document: 'python-kasa documentation, Library Design & Modules: Protocols and Transports',
  date: 'read 2026-11-25',
};

export const tpLinkKasa = {
  id: 'tp-link-kasa',
  title: 'TP-Link Kasa or Tapo device',
  vendor: 'TP-Link',
  category: 'smart-home',
  kind: 'plug',
  aliases: ['kasa', 'tapo'],
  matches: [
    { speaks: 'tplink-kasa' },
    { vendor: 'tp-link', kind: 'plug' },
    { model: 'kasa' },
    { model: 'tapo' },
  ],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '9999',
      protocol: 'tplink-kasa',
      peer: 'controllers on the local network',
      purpose: 'older devices: control with a fixed XOR, which is no encryption',
      need: 'optional',
      certainty: 'proved',
      source: SOFT,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '9999',
      protocol: 'tplink-kasa',
      peer: '255.255.255.255',
      purpose: 'older devices: being found',
      need: 'optional',
      certainty: 'proved',
      source: DISCOVER,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'newer devices: KLAP over HTTP, encrypted after a handshake',
      need: 'optional',
      certainty: 'likely',
      source: DESIGN,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '20002',
      protocol: 'tplink-tdp',
      peer: '255.255.255.255',
      purpose: 'newer devices: being found',
      need: 'optional',
      certainty: 'proved',
      source: DISCOVER,
    },
  ],
  notes: [],
} as const satisfies Dossier;
