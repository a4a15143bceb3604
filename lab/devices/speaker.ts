import type { LabDevice } from '../device.ts';
import { dnsSd, MDNS_GROUPS, MDNS_PORT } from '../servers/dns-sd.ts';
import { titled, website } from '../servers/http.ts';
import { description, SSDP_GROUPS, SSDP_PORT, ssdp } from '../servers/upnp.ts';

export const speaker = {
  id: 'speaker',
  title: 'Loudspeaker: UPnP description on 1400, HTTPS on 443',
  zone: 'home',
  host: 12,
  mac: '5c:aa:fd:1a:0b:12',
  truth: {
    services: [
      { transport: 'tcp', port: 443, protocol: 'http', over: 'tls' },
      { transport: 'tcp', port: 1400, protocol: 'http', over: 'tcp', access: 'open' },
      { transport: 'udp', port: 1900, protocol: 'ssdp', over: 'udp' },
      { transport: 'udp', port: 5353, protocol: 'mdns', over: 'udp' },
    ],
    vendor: 'Sonos',
    kind: 'speaker',
    category: 'smart-home',
  },
  async start(host) {
    const server = 'Linux UPnP/1.0 Sonos/83.1-61240 (ZPS12)';
    const device = {
      type: 'urn:schemas-upnp-org:device:ZonePlayer:1',
      uuid: 'RINCON_5CAAFD1A0B1201400',
      friendlyName: `${host.address} - Sonos One`,
      manufacturer: 'Sonos, Inc.',
      model: 'Sonos One',
      modelNumber: 'S18',
      serial: '5C-AA-FD-1A-0B-12:7',
      location: `http://${host.address}:1400/xml/device_description.xml`,
      server,
    };
    const announcement = {
      type: '_sonos._tcp',
      name: 'Sonos-5CAAFD1A0B12@Kitchen',
      port: 1400,
      txt: { info: '/api/v1/players/RINCON_5CAAFD1A0B1201400/info', vers: '3' },
    };
    const answer = dnsSd({
      hostname: 'Sonos-5CAAFD1A0B12',
      address: host.address,
      announcements: [announcement],
    });
    await Promise.all([
      host.tls(443, website(host, 443, { pages: {}, otherwise: { status: '403 Forbidden' } })),
      host.tcp(
        1400,
        website(host, 1400, {
          server,
          pages: {
            '/': titled('Sonos'),
            '/xml/device_description.xml': description(device),
          },
        }),
      ),
      host.udp(SSDP_PORT, ssdp(device), SSDP_GROUPS),
      host.udp(MDNS_PORT, answer, MDNS_GROUPS),
    ]);
  },
} as const satisfies LabDevice;
