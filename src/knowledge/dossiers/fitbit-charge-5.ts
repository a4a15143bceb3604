import type { Citation, Dossier } from '../dossier.ts';

const HELP: Citation = {
  document: 'Google, Fitbit help, support.google.com/fitbit answer 14237922 (syncing)',
  date: 'read 2026-11-22',
};

export const fitbitCharge5 = {
  id: 'fitbit-charge-5',
  title: 'Fitbit Charge 5',
  vendor: 'Google',
  category: 'wearable',
  kind: 'fitness tracker',
  aliases: ['fitbit', 'charge-5'],
  matches: [{ model: 'charge 5' }, { vendor: 'fitbit', kind: 'tracker' }],
  lines: [],
  notes: [
    {
      text: 'It has no IP port of its own: it syncs by Bluetooth LE with the app on the phone, and the phone opens 443.',
      source: HELP,
    },
    {
      text: 'Record it as a device behind the phone; a rule for its address cannot exist.',
      source: HELP,
    },
  ],
} as const satisfies Dossier;
