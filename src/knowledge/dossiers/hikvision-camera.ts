import type { Citation, Dossier } from '../dossier.ts';
import { UNUSED } from '../standards.ts';

const ISAPI: Citation = {
  document: 'AlexxIT/go2rtc, internal/isapi/README.md (Hikvision RTSP and ISAPI)',
  date: 'read 2026-11-25',
};
const SDK: Citation = {
  document: 'vov4uk/Hik.Api, README (Hikvision SDK, login)',
  date: 'read 2026-11-25',
};
const NX: Citation = {
  document:
    'Network Optix, Default port assignments, support.networkoptix.com article 39669730217879',
  date: 'read 2026-11-25',
};

export const hikvisionCamera = {
  id: 'hikvision-camera',
  title: 'Hikvision camera or recorder',
  vendor: 'Hikvision',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['hikvision'],
  matches: [{ vendor: 'hikvision' }, { vendor: 'hangzhou hikvision' }],
  factoryLogin: {
    how: 'shared',
    user: 'admin',
    protocols: ['http', 'rtsp'],
    applies:
      'cameras with firmware before 5.3.0 and recorders before 3.3.0; later ones ask for a password at first use, an updated one keeps the old',
    source: {
      document:
        'ADS Systems, activation of Hikvision devices; Hikvision DS-7600 user manual, chapter 2',
      date: 'read 2026-11-25',
    },
  },
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '554',
      protocol: 'rtsp',
      peer: 'recorder or viewer',
      purpose: 'video',
      need: 'required',
      certainty: 'proved',
      source: ISAPI,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'recorder',
      purpose: 'ISAPI and web page, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: ISAPI,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'recorder',
      purpose: 'web page over TLS',
      need: 'optional',
      certainty: 'likely',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '8000',
      protocol: 'hikvision-sdk',
      peer: 'recorder or Hikvision programs',
      purpose: 'the maker’s SDK',
      need: 'optional',
      certainty: 'proved',
      source: SDK,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '3702',
      protocol: 'ws-discovery',
      peer: '239.255.255.250',
      purpose: 'being found by recorders (WS-Discovery)',
      need: 'optional',
      certainty: 'likely',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '23',
      protocol: 'telnet',
      peer: 'nobody',
      purpose: 'login in the clear; nothing of its function needs it',
      need: 'not-needed',
      certainty: 'likely',
      source: UNUSED,
    },
  ],
  notes: [
    {
      text: 'Recorders of other makers need RTSP and HTTP only: the SDK port may stay shut for them.',
      source: ISAPI,
    },
  ],
} as const satisfies Dossier;
