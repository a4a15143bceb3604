import type { LabDevice } from '../device.ts';
import { coap } from '../servers/coap.ts';

export const coapSensor = {
  id: 'coap-sensor',
  title: 'Climate sensor: CoAP, in the clear and by DTLS',
  zone: 'iot',
  host: 13,
  mac: '00:12:4b:1a:0b:13',
  truth: {
    services: [
      { transport: 'udp', port: 5683, protocol: 'coap', over: 'udp', access: 'open' },
      { transport: 'udp', port: 5684, protocol: 'coap', over: 'dtls' },
    ],
    vendor: 'Texas Instruments',
    kind: 'sensor',
    category: 'smart-home',
  },
  async start(host) {
    const real = await host.server(
      ['coap-server-openssl', '-A', host.address, '-p', '5683', '-k', 'lab-secret', '-h', 'lab'],
      { udp: [5683, 5684] },
    );
    if (!real) await host.udp(5683, coap(host, 5683, { 'sensors/temp': '20.5', time: '12:00' }));
  },
} as const satisfies LabDevice;
