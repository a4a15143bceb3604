/** Configuration of net-snmp's agent: reads for the community `public`, and no writes at all. */
export function snmpConfiguration(address: string, description: string, objectId: string): string {
  return [
    `agentAddress udp:${address}:161`,
    'rocommunity public',
    `sysDescr ${description}`,
    `sysObjectID ${objectId}`,
    'sysName device',
    '',
  ].join('\n');
}
