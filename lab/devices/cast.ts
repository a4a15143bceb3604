import type { LabDevice } from '../device.ts';
import { close } from '../serve.ts';
import { dnsSd, MDNS_GROUPS, MDNS_PORT } from '../servers/dns-sd.ts';
import { json, website } from '../servers/http.ts';

const UUID = '5f3c2b1a0d9e48f7a6b5c4d3e2f10918';

export const cast = {
  id: 'cast',
  title: 'Television stick: Cast on 8008 and 8009',
  zone: 'home',
  host: 13,
  mac: 'f4:f5:d8:1a:0b:13',
  truth: {
    services: [
      { transport: 'tcp', port: 8008, protocol: 'http', over: 'tcp', access: 'open' },
      // Cast's own messages begin with the client's, so without one there is nothing to prove.
      { transport: 'tcp', port: 8009, protocol: 'unknown', over: 'tls' },
      { transport: 'udp', port: 5353, protocol: 'mdns', over: 'udp' },
    ],
    vendor: 'Google',
    kind: 'media player',
    category: 'smart-home',
  },
  async start(host) {
    const info = json({
      name: 'Living Room TV',
      model_name: 'Chromecast',
      mac_address: host.mac.toUpperCase(),
      cast_build_revision: '1.56.281627',
      ssdp_udn: UUID,
    });
    const announcement = {
      type: '_googlecast._tcp',
      name: `Chromecast-${UUID}`,
      port: 8009,
      txt: { id: UUID, md: 'Chromecast', fn: 'Living Room TV', ve: '05', ca: '4101' },
    };
    const answer = dnsSd({ hostname: UUID, address: host.address, announcements: [announcement] });
    await Promise.all([
      host.tcp(8008, website(host, 8008, { pages: { '/setup/eureka_info': info } })),
      host.tls(8009, () => ({ hear: () => close('no Cast message without a login') })),
      host.udp(MDNS_PORT, answer, MDNS_GROUPS),
    ]);
  },
} as const satisfies LabDevice;
