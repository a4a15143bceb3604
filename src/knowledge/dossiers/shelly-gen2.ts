import type { Citation, Dossier } from '../dossier.ts';

const HA: Citation = {
  document: 'Home Assistant documentation, integration Shelly',
  date: 'read 2026-11-25',
};
const MDNS_DOC: Citation = {
  document: 'Shelly API documentation, Gen2+, General: mDNS',
  date: 'read 2026-11-25',
};
const RPC: Citation = {
  document: 'Shelly API documentation, Gen2+, General: RPC Channels',
  date: 'read 2026-11-25',
};
const WS: Citation = {
  document: 'Shelly API documentation, Gen2+, Outbound Websocket',
  date: 'read 2026-11-25',
};

export const shellyGen2 = {
  id: 'shelly-gen2',
  title: 'Shelly, second generation and later',
  vendor: 'Shelly',
  category: 'smart-home',
  kind: 'relay',
  aliases: ['shelly', 'shelly-plus', 'shelly-pro', 'shelly-gen3', 'shelly-gen4'],
  matches: [
    { vendor: 'shelly', model: 'plus' },
    { vendor: 'shelly', model: 'pro' },
    { vendor: 'shelly', model: 'mini' },
    { vendor: 'shelly', model: 'g3' },
    { vendor: 'shelly', model: 'g4' },
    { vendor: 'shelly', model: 'gen' },
    { vendor: 'shelly' },
  ],
  announces: ['_shelly._tcp'],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page and RPC (/rpc) over HTTP and WebSocket, in the clear',
      need: 'required',
      certainty: 'proved',
      source: RPC,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '8123',
      protocol: 'http',
      peer: 'Home Assistant',
      purpose: 'outbound WebSocket (/api/shelly/ws), needed by devices with a battery',
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
      purpose: 'being found by apps (_shelly._tcp and _http._tcp)',
      need: 'optional',
      certainty: 'proved',
      source: MDNS_DOC,
    },
  ],
  notes: [
    {
      text: 'The outbound WebSocket is encrypted only where its address begins with wss://.',
      source: WS,
    },
    { text: 'It works without the cloud.', source: HA },
  ],
} as const satisfies Dossier;
