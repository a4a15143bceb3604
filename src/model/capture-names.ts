/**
 * Our protocol ids and the names that tools which look at traffic print for the same (nDPI,
 * Wireshark), where the two differ: what stands in the lines of flows is written in their words.
 */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['hart-ip', 'hart_ip'],
  ['nbns', 'netbios'],
  ['netbios-dgm', 'netbios'],
  ['s7comm-plus', 's7comm_plus'],
  ['synchrophasor', 'synphasor'],
  ['tplink-kasa', 'tplink_shp'],
  ['tuya', 'tuya_lp'],
  ['ws-discovery', 'ws_discovery'],
  ['zabbix-agent', 'zabbix'],
]);

/** The name under which a flow's protocol is written. */
export function captureName(protocol: string): string {
  return NAMES.get(protocol) ?? protocol;
}
