import type { LabDevice } from '../device.ts';
import { broker as mqttBroker } from '../servers/mosquitto.ts';

export const broker = {
  id: 'broker',
  title: 'MQTT broker: open, with login, by TLS',
  zone: 'iot',
  host: 14,
  mac: 'dc:a6:32:1a:0b:14',
  truth: {
    services: [
      { transport: 'tcp', port: 1883, protocol: 'mqtt', over: 'tcp', access: 'open' },
      { transport: 'tcp', port: 1884, protocol: 'mqtt', over: 'tcp', access: 'credentials' },
      { transport: 'tcp', port: 8883, protocol: 'mqtt', over: 'tls', access: 'credentials' },
    ],
    vendor: 'Raspberry Pi',
    kind: 'broker',
    category: 'infrastructure',
  },
  start: (host) =>
    mqttBroker(host, [
      { port: 1883 },
      { port: 1884, login: true },
      { port: 8883, login: true, tls: true },
    ]),
} as const satisfies LabDevice;
