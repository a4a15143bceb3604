import type { LabDevice } from '../device.ts';

export const phone = {
  id: 'phone',
  title: 'Phone with a random MAC address and nothing open',
  zone: 'home',
  host: 16,
  // The second bit of the first byte says "locally administered": no vendor's.
  mac: '06:3b:9c:1a:0b:16',
  truth: { services: [], kind: 'phone', category: 'general-purpose' },
  start: () => Promise.resolve(),
} as const satisfies LabDevice;
