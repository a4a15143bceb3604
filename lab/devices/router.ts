import type { LabDevice, LabHost } from '../device.ts';
import type { Answerer } from '../serve.ts';
import { u16, u32 } from '../serve.ts';
import { titled } from '../servers/http.ts';
import type { LabGateway } from '../servers/igd.ts';
import { GATEWAY_DEVICES, gateway } from '../servers/igd.ts';
import type { UpnpDevice } from '../servers/upnp.ts';
import { description, SSDP_GROUPS, SSDP_PORT, ssdp } from '../servers/upnp.ts';

const PORT = 5000;
const NAT_PMP_PORT = 5351;
/** TEST-NET-3 (RFC 5737): nobody's. */
const OUTSIDE = '203.0.113.77';

/** A router in which programs make holes; one of them leads to the camera and is not in the list of all. */
export const router = {
  id: 'router',
  title: 'Router: UPnP port mapping, NAT-PMP, and a hole that leads to the camera',
  zone: 'iot',
  host: 20,
  mac: '50:c7:bf:1a:0b:20',
  truth: {
    services: [
      { transport: 'tcp', port: PORT, protocol: 'http', over: 'tcp', access: 'open' },
      { transport: 'udp', port: SSDP_PORT, protocol: 'ssdp', over: 'udp' },
      { transport: 'udp', port: NAT_PMP_PORT, protocol: 'nat-pmp', over: 'udp' },
    ],
    vendor: 'TP-LINK',
    kind: 'router',
    category: 'infrastructure',
  },
  async start(host) {
    const device = upnp(host);
    const site = {
      server: 'lab/1.0 UPnP/1.1 router/1.0',
      pages: { '/': titled('Home router'), '/rootDesc.xml': description(device) },
    };
    await Promise.all([
      host.tcp(PORT, gateway(host, PORT, site, state(host))),
      host.udp(SSDP_PORT, ssdp(device), SSDP_GROUPS),
      host.udp(NAT_PMP_PORT, natPmp(host)),
    ]);
  },
} as const satisfies LabDevice;

function upnp(host: LabHost): UpnpDevice {
  return {
    type: 'urn:schemas-upnp-org:device:InternetGatewayDevice:2',
    uuid: '9f0865b3-f5da-4ad5-85b7-7404637fdf37',
    friendlyName: 'Home router',
    manufacturer: 'TP-Link',
    model: 'Archer C7',
    modelNumber: '5',
    serial: '219876543210',
    location: `http://${host.address}:${PORT}/rootDesc.xml`,
    server: 'lab/1.0 UPnP/1.1 router/1.0',
    devices: GATEWAY_DEVICES,
  };
}

/** Of its neighbours in the lab: the camera is host 12, the broker host 14. */
function state({ address }: LabHost): LabGateway {
  const neighbour = (number: number): string => address.replace(/\d+$/, String(number));
  return {
    outside: OUTSIDE,
    mappings: [
      {
        protocol: 'UDP',
        outsidePort: 40_000,
        inside: neighbour(14),
        insidePort: 40_000,
        description: 'game',
        lease: 3600,
      },
      {
        protocol: 'TCP',
        outsidePort: 8443,
        inside: neighbour(12),
        insidePort: 554,
        description: 'IPCam',
        lease: 0,
        isHidden: true,
      },
    ],
  };
}

/** Tells the outside address (RFC 6886 §3.2), and refuses to map (result 2, §3.5). */
function natPmp(host: LabHost): Answerer {
  const started = Date.now();
  return (datagram) => {
    const [version, opcode = 0] = datagram;
    if (version !== 0 || opcode > 2 || datagram.length !== (opcode === 0 ? 2 : 12)) return [];
    const epoch = u32(Math.floor((Date.now() - started) / 1000));
    const head = Buffer.from([0, 128 + opcode]);
    if (opcode === 0) {
      return [Buffer.concat([head, u16(0), epoch, Buffer.from(OUTSIDE.split('.').map(Number))])];
    }
    host.log({ event: 'write', port: NAT_PMP_PORT, detail: datagram.toString('hex') });
    return [Buffer.concat([head, u16(2), epoch, datagram.subarray(4, 6), u16(0), u32(0)])];
  };
}
