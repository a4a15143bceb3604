/**
 * Private enterprise numbers of makers whose devices are met in IoT networks (IANA registry
 * "Private Enterprise Numbers"). Agents that anybody builds in (net-snmp, U.C. Davis) name no maker.
 */
const MAKERS: ReadonlyMap<number, string> = new Map([
  [9, 'Cisco'],
  [11, 'HP'],
  [43, '3Com'],
  [119, 'NEC'],
  [171, 'D-Link'],
  [207, 'Allied Telesis'],
  [236, 'Samsung'],
  [253, 'Xerox'],
  [311, 'Microsoft'],
  [318, 'APC'],
  [367, 'Ricoh'],
  [368, 'Axis'],
  [476, 'Vertiv'],
  [534, 'Eaton'],
  [641, 'Lexmark'],
  [674, 'Dell'],
  [850, 'Tripp Lite'],
  [890, 'Zyxel'],
  [1248, 'Epson'],
  [1347, 'Kyocera'],
  [1602, 'Canon'],
  [2011, 'Huawei'],
  [2435, 'Brother'],
  [2636, 'Juniper'],
  [4196, 'Siemens'],
  [4329, 'Siemens'],
  [4526, 'Netgear'],
  [6574, 'Synology'],
  [8691, 'Moxa'],
  [8741, 'SonicWall'],
  [10876, 'Supermicro'],
  [11863, 'TP-Link'],
  [12356, 'Fortinet'],
  [13742, 'Raritan'],
  [14823, 'Aruba'],
  [14988, 'MikroTik'],
  [18334, 'Konica Minolta'],
  [24681, 'QNAP'],
  [25053, 'Ruckus'],
  [25506, 'H3C'],
  [39165, 'Hikvision'],
  [41112, 'Ubiquiti'],
]);

/** The maker that owns an enterprise number, where it is one of those. */
export function makerOf(enterprise: number): string | undefined {
  return MAKERS.get(enterprise);
}
