import type { LabDevice } from '../device.ts';
import { tuya } from '../servers/tuya.ts';

export const customTwin = {
  id: 'custom-twin',
  title: 'Wall plug: the same binary protocol on 8668',
  zone: 'iot',
  host: 17,
  mac: '7c:f6:66:1a:0b:17',
  truth: {
    services: [{ transport: 'tcp', port: 8668, protocol: 'tuya', over: 'tcp' }],
    vendor: 'Tuya',
    kind: 'plug',
    category: 'smart-home',
  },
  start: (host) => host.tcp(8668, tuya()),
} as const satisfies LabDevice;
