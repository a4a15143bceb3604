import type { LabDevice } from '../device.ts';
import { s7 } from '../servers/s7.ts';

export const s7Gateway = {
  id: 's7-gateway',
  title: 'Remote gateway that forwards S7 communication from 8102',
  zone: 'ot',
  host: 12,
  mac: '00:90:e8:1a:0b:12',
  truth: {
    services: [{ transport: 'tcp', port: 8102, protocol: 's7comm', over: 'tcp', access: 'open' }],
    vendor: 'MOXA',
    kind: 'plc',
    category: 'industrial',
    fragile: true,
  },
  start: (host) =>
    host.tcp(
      8102,
      s7(host, 8102, {
        order: '6ES7 315-2EH14-0AB0',
        firmware: [3, 2, 6],
        name: 'Pump station 4',
        module: 'CPU 315-2 PN/DP',
        serial: 'S C-A1B212342013',
      }),
    ),
} as const satisfies LabDevice;
