import type { LabDevice } from '../device.ts';
import { opcua } from '../servers/opcua.ts';
import { s7 } from '../servers/s7.ts';

export const plc = {
  id: 'plc',
  title: 'Controller: S7 communication on 102, OPC UA on 4840',
  zone: 'ot',
  host: 11,
  mac: '28:63:36:1a:0b:11',
  truth: {
    services: [
      { transport: 'tcp', port: 102, protocol: 's7comm', over: 'tcp', access: 'open' },
      { transport: 'tcp', port: 4840, protocol: 'opcua', over: 'tcp', access: 'open' },
    ],
    vendor: 'Siemens',
    kind: 'plc',
    category: 'industrial',
    fragile: true,
  },
  async start(host) {
    await Promise.all([
      host.tcp(
        102,
        s7(host, 102, {
          order: '6ES7 511-1AK02-0AB0',
          firmware: [2, 8, 1],
          name: 'PLC_Boiler',
          module: 'CPU 1511-1 PN',
          serial: 'S C-J9LT12342018',
        }),
      ),
      host.tcp(
        4840,
        opcua({
          url: `opc.tcp://${host.address}:4840`,
          uri: 'urn:SIMATIC.S7-1500.OPC-UA.Application:PLC_Boiler',
          product: 'https://www.siemens.com/s7-1500',
          name: 'SIMATIC.S7-1500.OPC-UA.Application:PLC_Boiler',
        }),
      ),
    ]);
  },
} as const satisfies LabDevice;
