import type { Citation, Dossier } from '../dossier.ts';

const HA: Citation = {
  document: 'Home Assistant documentation, integration Shelly',
  date: 'read 2026-11-25',
};
const MDNS_DOC: Citation = {
  document: 'Shelly API documentation, Gen2+, General: mDNS',
  date: 'read 2026-11-25',
};

export const shellyGen1 = {
  id: 'shelly-gen1',
  title: 'Shelly, first generation',
  vendor: 'Shelly',
  category: 'smart-home',
  kind: 'relay',
  aliases: ['shelly1'],
  matches: [
    { vendor: 'shelly', model: 'shsw' },
    { vendor: 'shelly', model: 'shplg' },
    { vendor: 'shelly', model: 'shrgb' },
    { vendor: 'shelly', model: 'shdm' },
    { vendor: 'shelly', model: 'shbduo' },
    { vendor: 'shelly', model: 'shvin' },
    { vendor: 'shelly', model: 'shht' },
    { vendor: 'shelly', model: 'shem' },
    { vendor: 'shelly', model: 'shix' },
    { vendor: 'shelly', model: 'shuni' },
    { vendor: 'shelly', model: 'shwt' },
    { vendor: 'shelly', model: 'shdw' },
    { vendor: 'shelly', model: 'shmos' },
    { vendor: 'shelly', model: 'shgs' },
    { vendor: 'shelly', model: 'shtrv' },
    { vendor: 'shelly', model: 'shbtn' },
    { vendor: 'shelly', model: 'shspot' },
    { vendor: 'shelly', model: 'shcl' },
    { vendor: 'shelly' },
  ],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'web page and REST API, in the clear',
      need: 'required',
      certainty: 'proved',
      source: MDNS_DOC,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '5683',
      protocol: 'coap',
      peer: 'Home Assistant',
      purpose: 'CoIoT: states pushed as they change, as unicast where a peer is set',
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
      purpose: 'being found by apps (_http._tcp)',
      need: 'optional',
      certainty: 'proved',
      source: MDNS_DOC,
    },
  ],
  notes: [
    {
      text: 'Devices in another subnet than the controller need UDP 5683 between the two.',
      source: HA,
    },
    { text: 'It works without the cloud.', source: HA },
  ],
} as const satisfies Dossier;
