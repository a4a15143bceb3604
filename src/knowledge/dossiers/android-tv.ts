import type { Citation, Dossier } from '../dossier.ts';

const HA: Citation = {
  document: 'Home Assistant core, components/androidtv/const.py',
  date: 'read 2026-11-25',
};

export const androidTv = {
  id: 'android-tv',
  title: 'Android TV or Fire TV',
  vendor: 'various',
  category: 'smart-home',
  kind: 'media player',
  aliases: ['fire-tv', 'adb'],
  matches: [
    { speaks: 'adb' },
    { model: 'android tv' },
    { model: 'fire tv' },
    { vendor: 'amazon', model: 'aft' },
  ],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '5555',
      protocol: 'adb',
      peer: 'machine of a developer or Home Assistant',
      purpose:
        'Android Debug Bridge, a shell on the device: only for developers and for home automation that uses it',
      need: 'optional',
      certainty: 'proved',
      source: HA,
    },
  ],
  notes: [],
} as const satisfies Dossier;
