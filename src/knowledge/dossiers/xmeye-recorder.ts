import type { Citation, Dossier } from '../dossier.ts';
import { UNUSED } from '../standards.ts';

const DVRIP: Citation = {
  document: 'AlexxIT/go2rtc, internal/dvrip/README.md',
  date: 'read 2026-11-25',
};

export const xmeyeRecorder = {
  id: 'xmeye-recorder',
  title: 'Recorder or camera with XMEye (DVR-IP)',
  vendor: 'Xiongmai',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['xmeye', 'dvrip', 'sofia'],
  matches: [{ vendor: 'xiongmai' }, { model: 'netsurveillance' }, { vendor: 'xmeye' }],
  factoryLogin: {
    how: 'empty',
    user: 'admin',
    protocols: ['http', 'rtsp', 'telnet'],
    applies: 'delivered so, and nobody has to choose a password when setting it up',
    source: {
      document: 'SEC Consult on Xiongmai XMEye P2P Cloud, as reported by PCMag and The Register',
      date: '2018-10-09',
    },
  },
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '34567',
      protocol: 'dvrip',
      peer: 'recorder or viewer',
      purpose: 'DVR-IP (NetSurveillance, Sofia, XMEye SDK): video and commands',
      need: 'required',
      certainty: 'proved',
      source: DVRIP,
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
  notes: [],
} as const satisfies Dossier;
