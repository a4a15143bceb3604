import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabDevice, LabHost } from '../device.ts';
import { dnsSd, MDNS_GROUPS, MDNS_PORT } from '../servers/dns-sd.ts';
import type { Site } from '../servers/http.ts';
import { json, titled, website } from '../servers/http.ts';
import type { UpnpDevice } from '../servers/upnp.ts';
import { description, SSDP_GROUPS, SSDP_PORT, ssdp } from '../servers/upnp.ts';

const ID = '001788FFFE1A0B11';

/** After the answers that the Hue API documents for somebody without a key (`/api/config`). */
export const lightBridge = {
  id: 'light-bridge',
  title: 'Light bridge: web API, SSDP, mDNS, entertainment by DTLS',
  zone: 'iot',
  host: 11,
  mac: '00:17:88:1a:0b:11',
  truth: {
    services: [
      { transport: 'tcp', port: 80, protocol: 'http', over: 'tcp', access: 'open' },
      { transport: 'tcp', port: 443, protocol: 'http', over: 'tls', access: 'open' },
      { transport: 'udp', port: 1900, protocol: 'ssdp', over: 'udp' },
      { transport: 'udp', port: 2100, protocol: 'unknown', over: 'dtls' },
      { transport: 'udp', port: 5353, protocol: 'mdns', over: 'udp' },
    ],
    vendor: 'Philips Lighting',
    kind: 'light bridge',
    category: 'smart-home',
  },
  async start(host) {
    const device = upnp(host);
    const site = pages(host, device);
    await Promise.all([
      host.tcp(80, website(host, 80, site)),
      host.tls(443, website(host, 443, site)),
      host.udp(SSDP_PORT, ssdp(device), SSDP_GROUPS),
      host.udp(MDNS_PORT, announcer(host), MDNS_GROUPS),
      entertainment(host),
    ]);
  },
} as const satisfies LabDevice;

function upnp(host: LabHost): UpnpDevice {
  return {
    type: 'urn:schemas-upnp-org:device:Basic:1',
    uuid: '2f402f80-da50-11e1-9b23-0017881a0b11',
    friendlyName: `Hue Bridge (${host.address})`,
    manufacturer: 'Signify',
    model: 'Philips hue bridge 2015',
    modelNumber: 'BSB002',
    serial: '0017881a0b11',
    location: `http://${host.address}:80/description.xml`,
    server: 'Hue/1.0 UPnP/1.0 IpBridge/1.65.0',
  };
}

function pages(host: LabHost, device: UpnpDevice): Site {
  const config = json({
    name: 'Hue Bridge',
    datastoreversion: '172',
    swversion: '1965111030',
    apiversion: '1.65.0',
    mac: host.mac,
    bridgeid: ID,
    factorynew: false,
    replacesbridgeid: null,
    modelid: 'BSB002',
  });
  return {
    server: 'nginx',
    pages: {
      '/': titled('hue personal wireless lighting'),
      '/api/config': config,
      '/api/0/config': config,
      '/description.xml': description(device),
    },
  };
}

function announcer(host: LabHost): ReturnType<typeof dnsSd> {
  return dnsSd({
    hostname: `${ID}`,
    address: host.address,
    announcements: [
      {
        type: '_hue._tcp',
        name: 'Hue Bridge - 1A0B11',
        port: 443,
        txt: { bridgeid: ID.toLowerCase(), modelid: 'BSB002' },
      },
    ],
  });
}

/** The Entertainment API is DTLS 1.2 with a pre-shared key. */
function entertainment(host: LabHost): Promise<boolean> {
  const key = join(host.workFolder, 'psk.key');
  writeFileSync(key, '');
  return host.server(
    [
      ...[
        'openssl',
        's_server',
        '-dtls1_2',
        '-accept',
        `${host.address}:2100`,
        '-nocert',
        '-quiet',
      ],
      ...['-psk', '1a2b3c4d5e6f708192a3b4c5d6e7f809', '-psk_identity', 'portolan-lab'],
      ...['-cipher', 'PSK-AES128-GCM-SHA256', '-listen'],
    ],
    { udp: [2100] },
  );
}
