import type { Dossier } from '../dossier.ts';
import { IANA } from '../standards.ts';

export const amqpBroker = {
  id: 'amqp-broker',
  title: 'AMQP broker or gateway',
  vendor: 'various',
  category: 'infrastructure',
  kind: 'broker',
  aliases: ['amqp', 'rabbitmq'],
  matches: [{ speaks: 'amqp' }],
  lines: [
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '5671',
      protocol: 'amqp',
      peer: 'AMQP clients',
      purpose: 'AMQP over TLS',
      need: 'required',
      certainty: 'proved',
      source: IANA,
    },
    {
      direction: 'to-device',
      transport: 'tcp',
      ports: '5672',
      protocol: 'amqp',
      peer: 'AMQP clients of the local network',
      purpose: 'AMQP in the clear',
      need: 'optional',
      certainty: 'proved',
      source: IANA,
    },
  ],
  notes: [],
} as const satisfies Dossier;
