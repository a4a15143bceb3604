import type { LabDevice } from '../device.ts';
import { bacnet } from '../servers/bacnet.ts';

export const bacnetController = {
  id: 'bacnet-controller',
  title: 'Air handling controller: BACnet/IP',
  zone: 'ot',
  host: 13,
  mac: '00:10:8d:1a:0b:13',
  truth: {
    services: [{ transport: 'udp', port: 47808, protocol: 'bacnet', over: 'udp', access: 'open' }],
    vendor: 'Johnson Controls',
    kind: 'building controller',
    category: 'industrial',
    fragile: true,
  },
  start: (host) =>
    host.udp(
      47808,
      bacnet(host, 47808, {
        instance: 3001,
        vendorId: 5,
        name: 'AHU-1',
        vendor: 'Johnson Controls, Inc.',
        model: 'MS-FEC2611-0',
        firmware: '6.3.0.8035',
        location: 'Roof',
      }),
    ),
} as const satisfies LabDevice;
