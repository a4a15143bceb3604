import type { LabDevice } from '../device.ts';
import { json, titled, website } from '../servers/http.ts';

export const thermostat = {
  id: 'thermostat',
  title: 'Thermostat with a web page on 8080',
  zone: 'iot',
  host: 10,
  mac: '44:61:32:1a:0b:10',
  truth: {
    services: [{ transport: 'tcp', port: 8080, protocol: 'http', over: 'tcp', access: 'open' }],
    vendor: 'ecobee',
    kind: 'thermostat',
    category: 'smart-home',
  },
  start: (host) =>
    host.tcp(
      8080,
      website(host, 8080, {
        server: 'thermostat/4.8.7',
        pages: {
          '/': titled('ecobee thermostat', 'Indoor 20.5 °C, target 21 °C'),
          '/status': json({ model: 'ecobee3 lite', firmware: '4.8.7', indoor: 20.5, target: 21 }),
        },
      }),
    ),
} as const satisfies LabDevice;
