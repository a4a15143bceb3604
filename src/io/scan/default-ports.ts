import type { Transport } from '../../model/core.ts';

/** `iot`: the default. `ot`: what controllers listen on. `all`: every TCP port, and all of both sets. */
export type PortSetName = 'iot' | 'ot' | 'all';

export const PORT_SET_NAMES: readonly PortSetName[] = ['iot', 'ot', 'all'];

/** Why a port is asked by default: its number, and what an IoT network has there. */
export interface DefaultPort {
  readonly transport: Transport;
  readonly port: number;
  readonly why: string;
}

type Row = readonly [port: number, why: string];

/** What homes and offices with smart devices have open, each where its maker or a standard puts it. */
const IOT_TCP: readonly Row[] = [
  [21, 'FTP: cameras and recorders hand out their files'],
  [22, 'SSH'],
  [23, 'Telnet: the way in of Mirai'],
  [25, 'SMTP: a device that relays mail'],
  [53, 'DNS: routers and filters'],
  [80, 'HTTP'],
  [102, 'COTP: S7 controllers and IEC 61850'],
  [139, 'NetBIOS session: NAS and printers'],
  [443, 'HTTPS'],
  [445, 'SMB: NAS'],
  [502, 'Modbus/TCP'],
  [515, 'LPD: tells a printer, which is then spared'],
  [554, 'RTSP: cameras'],
  [631, 'IPP: printers'],
  [802, 'Modbus/TCP Security'],
  [1400, 'Sonos'],
  [1880, 'Node-RED'],
  [1883, 'MQTT'],
  [1884, 'MQTT, second listener'],
  [1911, 'Niagara Fox: building automation'],
  [2323, 'Telnet, moved'],
  [2404, 'IEC 60870-5-104'],
  [3000, 'Web applications in Node: AdGuard Home, Grafana'],
  [3306, 'MySQL beside a gateway'],
  [4840, 'OPC UA'],
  [5000, 'UPnP, Synology, AirPlay'],
  [5001, 'HTTPS of the same'],
  [5357, 'WS-Discovery metadata'],
  [5432, 'PostgreSQL beside a gateway'],
  [5540, 'Matter'],
  [5555, 'Android Debug Bridge'],
  [5671, 'AMQP over TLS'],
  [5672, 'AMQP'],
  [5900, 'VNC: panels'],
  [6053, 'ESPHome'],
  [6379, 'Redis beside a gateway'],
  [6668, 'Tuya'],
  [6850, 'named by the article'],
  [7000, 'AirPlay 2'],
  [7547, 'CWMP (TR-069)'],
  [8000, 'sample of 8000-9000: recorders, small web servers'],
  [8001, 'sample of 8000-9000: televisions'],
  [8008, 'Google Cast'],
  [8009, 'Google Cast over TLS'],
  [8060, 'Roku'],
  [8080, 'HTTP, second door'],
  [8081, 'sample of 8000-9000: cameras'],
  [8088, 'sample of 8000-9000: hubs'],
  [8102, 'sample of 8000-9000: COTP, moved'],
  [8123, 'Home Assistant'],
  [8443, 'HTTPS, second door'],
  [8500, 'sample of 8000-9000: custom brokers'],
  [8502, 'sample of 8000-9000: Modbus/TCP, moved'],
  [8554, 'RTSP, second door'],
  [8668, 'sample of 8000-9000: binary protocols of makers'],
  [8672, 'sample of 8000-9000: AMQP, moved'],
  [8765, 'sample of 8000-9000: websockets and protocols of makers'],
  [8880, 'sample of 8000-9000: HTTP of access points'],
  [8883, 'MQTT over TLS'],
  [8888, 'sample of 8000-9000: small web servers'],
  [8899, 'sample of 8000-9000: solar inverters, ONVIF'],
  [9000, 'sample of 8000-9000: recorders, management'],
  [9100, 'raw printing: tells a printer, nothing is sent'],
  [9123, 'Elgato lamps'],
  [9543, 'named by the bar for identification'],
  [9600, 'FINS: Omron controllers'],
  [9999, 'TP-Link Kasa'],
  [11095, 'Nest Weave'],
  [20000, 'DNP3'],
  [32400, 'Plex'],
  [34567, 'recorders of Xiongmai'],
  [37777, 'Dahua'],
  [44818, 'EtherNet/IP'],
  [49152, 'UPnP, first of the dynamic ports'],
];

const IOT_UDP: readonly Row[] = [
  [53, 'DNS: open resolvers'],
  [123, 'NTP'],
  [161, 'SNMP'],
  [1900, 'SSDP'],
  [2100, 'named by the article'],
  [3478, 'STUN'],
  [3671, 'KNXnet/IP'],
  [3702, 'WS-Discovery'],
  [5060, 'SIP: door stations'],
  [5351, 'NAT-PMP and PCP: routers in which programs make holes'],
  [5353, 'mDNS'],
  [5540, 'Matter'],
  [5683, 'CoAP'],
  [5684, 'CoAP over DTLS'],
  [6667, 'Tuya, announcements'],
  [8683, 'sample of 8000-9000: CoAP, moved'],
  [10001, 'Ubiquiti discovery'],
  [33434, 'traceroute, first port'],
  [34964, 'PROFINET context manager'],
  [44818, 'EtherNet/IP, list identity'],
  [47808, 'BACnet/IP'],
  [54321, 'Xiaomi miIO'],
];

/** Where controllers, drives and gateways of plants listen. */
const OT_TCP: readonly Row[] = [
  [80, 'HTTP'],
  [102, 'COTP: S7 controllers and IEC 61850'],
  [443, 'HTTPS'],
  [502, 'Modbus/TCP'],
  [789, 'Red Lion Crimson'],
  [802, 'Modbus/TCP Security'],
  [1089, 'Foundation Fieldbus HSE'],
  [1217, 'CODESYS gateway'],
  [1911, 'Niagara Fox'],
  [1962, 'Phoenix Contact PCWorx'],
  [2404, 'IEC 60870-5-104'],
  [2455, 'CODESYS runtime, WAGO'],
  [4840, 'OPC UA'],
  [4843, 'OPC UA over TLS'],
  [4911, 'Niagara Fox over TLS'],
  [5007, 'MELSEC'],
  [5094, 'HART-IP'],
  [9600, 'FINS'],
  [11740, 'CODESYS 3 gateway'],
  [18245, 'GE SRTP'],
  [20000, 'DNP3'],
  [20547, 'ProConOS'],
  [34962, 'PROFINET RT unicast'],
  [34964, 'PROFINET context manager'],
  [44818, 'EtherNet/IP'],
];

const OT_UDP: readonly Row[] = [
  [161, 'SNMP'],
  [3671, 'KNXnet/IP'],
  [5094, 'HART-IP'],
  [9600, 'FINS'],
  [34964, 'PROFINET context manager'],
  [44818, 'EtherNet/IP, list identity'],
  [47808, 'BACnet/IP'],
];

export const IOT_PORTS: readonly DefaultPort[] = [...rows('tcp', IOT_TCP), ...rows('udp', IOT_UDP)];

export const OT_PORTS: readonly DefaultPort[] = [...rows('tcp', OT_TCP), ...rows('udp', OT_UDP)];

function rows(transport: Transport, table: readonly Row[]): readonly DefaultPort[] {
  return table.map(([port, why]) => ({ transport, port, why }));
}
