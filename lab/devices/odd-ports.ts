import type { LabDevice } from '../device.ts';
import { coap } from '../servers/coap.ts';
import { titled, website } from '../servers/http.ts';
import { broker } from '../servers/mosquitto.ts';

export const oddPorts = {
  id: 'odd-ports',
  title: 'Box with everything where nobody looks: MQTT on 8500, CoAP on 8683, HTTP on 8880',
  zone: 'iot',
  host: 18,
  mac: '24:0a:c4:1a:0b:18',
  truth: {
    services: [
      { transport: 'tcp', port: 8500, protocol: 'mqtt', over: 'tcp', access: 'open' },
      { transport: 'udp', port: 8683, protocol: 'coap', over: 'udp', access: 'open' },
      { transport: 'tcp', port: 8880, protocol: 'http', over: 'tcp', access: 'open' },
    ],
    vendor: 'Espressif',
    kind: 'gateway',
    category: 'smart-home',
  },
  async start(host) {
    await Promise.all([
      broker(host, [{ port: 8500 }]),
      host.udp(8683, coap(host, 8683, { 'sensors/temp': '19.0', 'actuators/led': '0' })),
      host.tcp(
        8880,
        website(host, 8880, { server: 'qwhttpd/0.3', pages: { '/': titled('Home control') } }),
      ),
    ]);
  },
} as const satisfies LabDevice;
