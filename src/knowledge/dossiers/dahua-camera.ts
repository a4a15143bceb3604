import type { Citation, Dossier } from '../dossier.ts';
import { UNUSED } from '../standards.ts';

const SDK: Citation = {
  document: 'vov4uk/Dahua.Api, README (Dahua NetSDK, login)',
  date: 'read 2026-11-25',
};
const QUICK: Citation = {
  document: 'Dahua N55BS5 quick start manual, section 5.1 Network Protocols',
  date: 'read 2026-11-25',
};
const NX: Citation = {
  document:
    'Network Optix, Default port assignments, support.networkoptix.com article 39669730217879',
  date: 'read 2026-11-25',
};

export const dahuaCamera = {
  id: 'dahua-camera',
  title: 'Dahua camera or recorder',
  vendor: 'Dahua',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['dahua', 'amcrest'],
  matches: [{ vendor: 'dahua' }, { vendor: 'amcrest' }],
  factoryLogin: {
    how: 'shared',
    user: 'admin',
    protocols: ['http', 'rtsp'],
    applies: 'older firmware; newer one has no password until it is initialised with one',
    source: {
      document:
        'Dahua, Device Initialization and Password Reset 2.0 (2017-09-07); Dahua NVRPRO user manual, section 6.7.5',
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
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'recorder',
      purpose: 'web page and commands, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: QUICK,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'recorder',
      purpose: 'web page and commands over TLS',
      need: 'optional',
      certainty: 'likely',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '37777',
      protocol: 'dahua',
      peer: 'recorder or Dahua programs',
      purpose: 'the maker’s NetSDK',
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
      transport: 'udp',
      ports: '69',
      protocol: 'tftp',
      peer: 'nobody',
      purpose: 'files without any login; video does not need it',
      need: 'not-needed',
      certainty: 'proved',
      source: QUICK,
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
    { text: 'Do not change the RTSP port unless the recorder is told as well.', source: QUICK },
  ],
} as const satisfies Dossier;
