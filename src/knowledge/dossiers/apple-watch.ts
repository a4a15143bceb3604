import type { Citation, Dossier } from '../dossier.ts';
import { MDNS } from '../standards.ts';

const APNS: Citation = {
  document: 'Apple support article HT203609 (Apple Push Notification service)',
  date: 'read 2026-11-22',
};
const PORTS: Citation = {
  document: 'Apple support article HT202944 (TCP and UDP ports used by Apple software products)',
  date: 'read 2026-11-25',
};
const ENTERPRISE: Citation = {
  document: 'Apple support article HT210060 (Use Apple products on enterprise networks)',
  date: 'read 2026-11-25',
};

export const appleWatch = {
  id: 'apple-watch',
  title: 'Apple Watch',
  vendor: 'Apple',
  category: 'wearable',
  kind: 'watch',
  aliases: ['watch'],
  matches: [{ vendor: 'apple', kind: 'watch' }, { model: 'apple watch' }],
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '5223',
      protocol: 'tls',
      peer: '17.0.0.0/8',
      purpose: 'push notifications (APNs)',
      need: 'required',
      certainty: 'proved',
      source: APNS,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '443',
      protocol: 'tls',
      peer: '17.0.0.0/8',
      purpose: 'services of Apple and of apps; push notifications where 5223 is blocked on Wi-Fi',
      need: 'required',
      certainty: 'proved',
      source: APNS,
    },
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '80',
      protocol: 'http',
      peer: 'captive.apple.com',
      purpose: 'check for a captive portal',
      need: 'optional',
      certainty: 'proved',
      source: ENTERPRISE,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '123',
      protocol: 'ntp',
      peer: 'time.apple.com',
      purpose: 'time',
      need: 'required',
      certainty: 'proved',
      source: PORTS,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '5353',
      protocol: 'mdns',
      peer: '224.0.0.251',
      purpose: 'finding devices on the local network',
      need: 'optional',
      certainty: 'likely',
      source: MDNS,
    },
  ],
  notes: [
    {
      text: 'Mostly it goes through the iPhone by Bluetooth, and then its traffic is the phone’s.',
      source: APNS,
    },
    {
      text: 'Connections are initiated by the device, not by hosts of Apple: nothing inbound is needed.',
      source: ENTERPRISE,
    },
  ],
} as const satisfies Dossier;
