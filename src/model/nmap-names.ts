/**
 * Our protocol ids and the service names that nmap prints for the same, where both have one; for
 * reading nmap's XML and for writing it. Most of nmap's are IANA's (RFC 6335 registry). The first
 * name of an id is the one that is written.
 */
const NAMES: readonly (readonly [id: string, nmap: string])[] = [
  ['adb', 'adb'],
  ['airplay', 'airtunes'],
  ['amqp', 'amqp'],
  ['bacnet', 'bacnet'],
  ['coap', 'coap'],
  ['dhcp', 'dhcps'],
  ['dnp3', 'dnp'],
  ['dns', 'domain'],
  ['dns', 'dns'],
  ['enip', 'EtherNet-IP-2'],
  ['enip', 'EtherNet-IP'],
  ['ftp', 'ftp'],
  ['googlecast', 'googlecast'],
  ['http', 'http'],
  ['http', 'http-proxy'],
  ['http', 'http-alt'],
  ['http', 'upnp'],
  ['iec104', 'iec-104'],
  ['imap', 'imap'],
  ['ipp', 'ipp'],
  ['knxip', 'efcp'],
  ['mdns', 'mdns'],
  ['mdns', 'zeroconf'],
  ['modbus', 'modbus'],
  ['modbus', 'mbap'],
  ['mqtt', 'mqtt'],
  ['ntp', 'ntp'],
  ['opcua', 'opcua-tcp'],
  ['pop3', 'pop3'],
  ['printer', 'jetdirect'],
  ['rdp', 'ms-wbt-server'],
  ['rtsp', 'rtsp'],
  ['s7comm', 'iso-tsap'],
  ['sip', 'sip'],
  ['smtp', 'smtp'],
  ['snmp', 'snmp'],
  ['ssdp', 'ssdp'],
  ['ssh', 'ssh'],
  ['telnet', 'telnet'],
  ['tls', 'ssl'],
  ['vnc', 'vnc'],
  ['ws-discovery', 'ws-discovery'],
];

const TO_NMAP = new Map([...NAMES].reverse());
const FROM_NMAP = new Map(NAMES.map(([id, nmap]) => [nmap.toLowerCase(), id]));

/** What nmap calls the protocol; our own id where it has no name for it. */
export function nmapName(protocol: string): string {
  return TO_NMAP.get(protocol) ?? protocol;
}

/** Our id for one of nmap's service names, whatever its case. */
export function protocolOfNmap(name: string): string | undefined {
  return FROM_NMAP.get(name.toLowerCase());
}
