import type { Citation, Dossier } from '../dossier.ts';

const ASHRAE: Citation = { document: 'ANSI/ASHRAE 135-2016 Annex J (BACnet/IP)', date: '2016' };

export const bacnetController = {
  id: 'bacnet-controller',
  title: 'BACnet/IP controller',
  vendor: 'various',
  category: 'industrial',
  kind: 'controller',
  aliases: ['bacnet'],
  matches: [{ speaks: 'bacnet' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'udp',
      ports: '47808',
      protocol: 'bacnet',
      peer: 'building management on the same link or behind a BBMD',
      purpose: 'reading and writing of objects; Who-Is by broadcast',
      need: 'required',
      certainty: 'proved',
      source: ASHRAE,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '47808',
      protocol: 'bacnet',
      peer: 'building management',
      purpose: 'reports of changes and alarms, and I-Am by broadcast',
      need: 'optional',
      certainty: 'proved',
      source: ASHRAE,
    },
  ],
  notes: [{ text: 'Broadcasts cross subnets only by a BBMD.', source: ASHRAE }],
} as const satisfies Dossier;
