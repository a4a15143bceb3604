import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { LabDevice, LabHost } from '../device.ts';
import { modbus } from '../servers/modbus.ts';

export const meter = {
  id: 'meter',
  title: 'Energy meter: Modbus on 502 and, by another implementation, on 8502',
  zone: 'ot',
  host: 10,
  mac: '00:80:f4:1a:0b:10',
  truth: {
    services: [
      { transport: 'tcp', port: 502, protocol: 'modbus', over: 'tcp', access: 'open' },
      { transport: 'tcp', port: 8502, protocol: 'modbus', over: 'tcp', access: 'open' },
    ],
    vendor: 'TELEMECANIQUE',
    kind: 'meter',
    category: 'industrial',
  },
  async start(host) {
    const identity = { vendor: 'Schneider Electric', product: 'PM5560', revision: '4.1.0' };
    await Promise.all([host.tcp(502, modbus(host, 502, identity)), peer(host)]);
  },
} as const satisfies LabDevice;

/** jsmodbus, an implementation that nobody here wrote, on a connection that the lab logs. */
async function peer(host: LabHost): Promise<void> {
  const modbusLibrary: typeof import('jsmodbus') = createRequire(import.meta.url)('jsmodbus');
  const server = createServer();
  new modbusLibrary.server.TCP(server, { holding: Buffer.alloc(200) });
  await host.raw(8502, (socket) => server.emit('connection', socket));
}
