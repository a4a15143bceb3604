import type { Citation, Dossier } from '../dossier.ts';

const SETTINGS: Citation = {
  document: 'node-red/node-red, packages/node_modules/node-red/settings.js (uiPort)',
  date: 'read 2026-11-25',
};

export const nodeRed = {
  id: 'node-red',
  title: 'Node-RED',
  vendor: 'Node-RED',
  category: 'smart-home',
  kind: 'hub',
  aliases: ['nodered'],
  matches: [{ vendor: 'node-red' }, { model: 'node-red' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '1880',
      protocol: 'http',
      peer: 'administrators',
      purpose: 'editor, API and web pages of flows, in the clear by default',
      need: 'required',
      certainty: 'proved',
      source: SETTINGS,
    },
  ],
  notes: [],
} as const satisfies Dossier;
