import type { LabDevice } from '../device.ts';
import { tuya } from '../servers/tuya.ts';

export const custom = {
  id: 'custom',
  title: 'Wall plug: a binary protocol of its own on 8765',
  zone: 'iot',
  host: 16,
  mac: 'd8:1f:12:1a:0b:16',
  truth: {
    services: [{ transport: 'tcp', port: 8765, protocol: 'tuya', over: 'tcp' }],
    vendor: 'Tuya',
    kind: 'plug',
    category: 'smart-home',
  },
  start: (host) => host.tcp(8765, tuya()),
} as const satisfies LabDevice;
