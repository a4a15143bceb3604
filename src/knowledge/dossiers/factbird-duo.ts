import type { Citation, Dossier } from '../dossier.ts';

const FACTBIRD: Citation = {
  document: 'Factbird support, DUO firewall rules, article 22577246788636',
  date: 'read 2026-11-25',
};

export const factbirdDuo = {
  id: 'factbird-duo',
  title: 'Factbird DUO sensor',
  vendor: 'Factbird',
  category: 'industrial',
  kind: 'sensor',
  aliases: ['factbird'],
  matches: [{ vendor: 'factbird' }],
  lines: [
    {
      direction: 'from-device',
      transport: 'tcp',
      ports: '8883',
      protocol: 'mqtt',
      peer: '*.iot.eu-west-1.amazonaws.com',
      purpose: 'measurements, by MQTT over TLS',
      need: 'required',
      certainty: 'proved',
      source: FACTBIRD,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '53',
      protocol: 'dns',
      peer: 'resolver of the network',
      purpose: 'names of the services it calls',
      need: 'required',
      certainty: 'proved',
      source: FACTBIRD,
    },
    {
      direction: 'from-device',
      transport: 'udp',
      ports: '123',
      protocol: 'ntp',
      peer: '*.pool.ntp.org',
      purpose: 'time, without which certificates cannot be checked',
      need: 'required',
      certainty: 'proved',
      source: FACTBIRD,
    },
  ],
  notes: [
    { text: 'It also needs ICMP echo to its broker. All traffic is outbound.', source: FACTBIRD },
  ],
} as const satisfies Dossier;
