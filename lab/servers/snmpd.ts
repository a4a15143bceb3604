/** The system group of RFC 3418. */
export interface SnmpSystem {
  readonly name: string;
  readonly description: string;
  readonly objectId: string;
}

/** Configuration of net-snmp's agent: reads for the community `public`, and no writes at all. */
export function snmpConfiguration(address: string, system: SnmpSystem): string {
  return [
    `agentAddress udp:${address}:161`,
    'rocommunity public',
    `sysDescr ${system.description}`,
    `sysObjectID ${system.objectId}`,
    `sysName ${system.name}`,
    '',
  ].join('\n');
}
