import type { Citation, Dossier } from '../dossier.ts';

const KILJAN: Citation = {
  document: 'Sven Kiljan, Chromecast casting support across IP networks, kiljan.org',
  date: '2023-02-27',
};
const G3RT: Citation = {
  document: 'Gert van Dijk, Allow Google Chromecast in a host firewall, blog.g3rt.nl',
  date: 'read 2026-11-25',
};

export const googleCast = {
  id: 'google-cast',
  title: 'Google Cast device (Chromecast, Nest speaker)',
  vendor: 'Google',
  category: 'smart-home',
  kind: 'media player',
  aliases: ['chromecast', 'cast', 'google-home', 'nest-mini'],
  matches: [
    { vendor: 'google', kind: 'media player' },
    { vendor: 'google', kind: 'speaker' },
    { model: 'chromecast' },
    { model: 'google cast' },
  ],
  announces: ['_googlecast._tcp'],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8009',
      protocol: 'cast',
      peer: 'controllers on the local network',
      purpose: 'Cast control over TLS',
      need: 'required',
      certainty: 'proved',
      source: G3RT,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8008',
      protocol: 'http',
      peer: 'controllers on the local network',
      purpose: 'set-up and status over HTTP',
      need: 'optional',
      certainty: 'proved',
      source: G3RT,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '32768-61000',
      protocol: 'cast-media',
      peer: 'controllers on the local network',
      purpose: 'media of screens that are mirrored',
      need: 'optional',
      certainty: 'likely',
      source: G3RT,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'being found by senders (_googlecast._tcp)',
      need: 'required',
      certainty: 'proved',
      source: KILJAN,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '1900',
      protocol: 'ssdp',
      peer: '239.255.255.250',
      purpose: 'search by older senders (DIAL)',
      need: 'optional',
      certainty: 'proved',
      source: G3RT,
    },
  ],
  notes: [
    {
      text: 'Between networks it takes an mDNS forwarder and allowed connections from sender to device.',
      source: KILJAN,
    },
  ],
} as const satisfies Dossier;
