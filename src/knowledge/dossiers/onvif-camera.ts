import type { Citation, Dossier } from '../dossier.ts';
import { UNUSED } from '../standards.ts';

const NX: Citation = {
  document:
    'Network Optix, Default port assignments, support.networkoptix.com article 39669730217879',
  date: 'read 2026-11-25',
};

export const onvifCamera = {
  id: 'onvif-camera',
  title: 'Network camera (ONVIF)',
  vendor: 'various',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['camera', 'onvif', 'ip-camera'],
  matches: [{ kind: 'camera' }, { kind: 'doorbell' }],
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
      purpose: 'ONVIF commands and web page, in the clear',
      need: 'optional',
      certainty: 'proved',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'http',
      peer: 'recorder',
      purpose: 'ONVIF commands and web page over TLS',
      need: 'optional',
      certainty: 'proved',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '554',
      protocol: 'rtsp',
      peer: 'recorder or viewer',
      purpose: 'video, where it is fetched over UDP',
      need: 'optional',
      certainty: 'likely',
      source: NX,
    },
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '3702',
      protocol: 'ws-discovery',
      peer: '239.255.255.250',
      purpose: 'being found by recorders (WS-Discovery)',
      need: 'optional',
      certainty: 'proved',
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
    { text: 'A camera that only serves a recorder needs nothing from the internet.', source: NX },
  ],
} as const satisfies Dossier;
