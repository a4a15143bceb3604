import { createRequire } from 'node:module';
import type { LabDevice, LabHost } from '../device.ts';
import { amqpBroker } from '../servers/amqp.ts';

export const amqpGateway = {
  id: 'amqp-gateway',
  title: 'Gateway: AMQP 1.0 on 5672, AMQP 0-9-1 on 8672',
  zone: 'iot',
  host: 15,
  mac: '00:d0:c9:1a:0b:15',
  truth: {
    services: [
      { transport: 'tcp', port: 5672, protocol: 'amqp', over: 'tcp' },
      { transport: 'tcp', port: 8672, protocol: 'amqp', over: 'tcp' },
    ],
    vendor: 'ADVANTECH',
    kind: 'gateway',
    category: 'infrastructure',
  },
  async start(host) {
    await Promise.all([amqp10(host), amqpBroker(host, 8672)]);
  },
} as const satisfies LabDevice;

/** AMQP 1.0 by rhea, which takes a connection that is already there. */
async function amqp10(host: LabHost): Promise<void> {
  const rhea: typeof import('rhea') = createRequire(import.meta.url)('rhea');
  const container = rhea.create_container({ id: 'lab-gateway' });
  container.on('error', () => {}); // A peer that speaks something else is hung up on.
  container.on('protocol_error', () => {});
  await host.raw(5672, (socket) => {
    const connection = container.create_connection();
    Reflect.apply(Reflect.get(connection, 'accept'), connection, [socket]);
  });
}
