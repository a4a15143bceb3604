import type { Citation, Dossier } from '../dossier.ts';
import { UNUSED } from '../standards.ts';

const FLOW: Citation = {
  document: 'Home Assistant core, components/foscam/config_flow.py (default ports)',
  date: 'read 2026-11-25',
};
const CAMIO: Citation = {
  document: 'CamioCam/rtsp pull request 103, after the Foscam user manual page 14',
  date: 'read 2026-11-25',
};

export const foscamCamera = {
  id: 'foscam-camera',
  title: 'Foscam camera',
  vendor: 'Foscam',
  category: 'smart-home',
  kind: 'camera',
  aliases: ['foscam'],
  matches: [{ vendor: 'foscam' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '88',
      protocol: 'http',
      peer: 'recorder or viewer',
      purpose: 'web page, commands and video, in the clear',
      need: 'required',
      certainty: 'proved',
      source: CAMIO,
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
      source: FLOW,
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
