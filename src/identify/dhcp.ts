import { reveal } from '../base/untrusted.ts';
import type { Certainty } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainName } from './details.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

type Known = Readonly<Partial<Record<'vendor' | 'model' | 'kind' | 'os', string>>>;

/** How vendor class identifiers (option 60) begin, lower case. */
const CLASSES: readonly (readonly [start: string, known: Known])[] = [
  // [MS-DHCPE] §2.2.3: `MSFT 5.0` from Windows 2000 on, `MSFT 98` before.
  ['msft ', { os: 'Windows', kind: 'computer' }],
  // AOSP, NetworkStack DhcpClient: `android-dhcp-` and the release.
  ['android-dhcp-', { os: 'Android' }],
  // BusyBox, networking/udhcp/dhcpc.c: `udhcp ` and its version.
  ['udhcp ', { os: 'embedded Linux' }],
  // dhcpcd.conf(5), vendorclassid: version, system, machine, hardware.
  ['dhcpcd-', {}],
  // Cisco, "DHCP option 43 for lightweight access points": `Cisco AP c1240`.
  ['cisco ap ', { vendor: 'Cisco', kind: 'access point' }],
  ['cisco systems, inc. ip phone', { vendor: 'Cisco', kind: 'phone' }],
  // HPE Aruba, "DHCP option 60 and 43": the access points' own.
  ['arubaap', { vendor: 'Aruba', kind: 'access point' }],
  ['arubainstantap', { vendor: 'Aruba', kind: 'access point' }],
  // Arista EOS, zero touch provisioning: `Arista;` and the model.
  ['arista', { vendor: 'Arista', kind: 'switch' }],
  ['juniper', { vendor: 'Juniper' }],
  ['hewlett-packard jetdirect', { vendor: 'HP', kind: 'printer' }],
  ['mfg=hewlett packard;typ=printer', { vendor: 'HP', kind: 'printer' }],
  ['axis,network camera', { vendor: 'Axis', kind: 'camera' }],
  ['polycom', { vendor: 'Polycom', kind: 'phone' }],
  ['yealink', { vendor: 'Yealink', kind: 'phone' }],
  // CableLabs CM-SP-MULPI: cable modems say their version.
  ['docsis', { kind: 'modem' }],
  // Intel PXE 2.1 §2.2.3: firmware of a computer that boots from the network.
  ['pxeclient', { kind: 'computer' }],
];

/** Lists of wished parameters (option 55) as the software has them built in. */
const LISTS: ReadonlyMap<string, Known> = new Map<string, Known>([
  // lwIP, src/core/ipv4/dhcp.c, dhcp_discover_request_options: microcontrollers.
  ['1,3,28,6', { os: 'lwIP', kind: 'microcontroller' }],
  ['1,3,28,6,42', { os: 'lwIP', kind: 'microcontroller' }],
  // AOSP, NetworkStack DhcpClient.java, REQUESTED_PARAMS.
  ['1,3,6,15,26,28,51,58,59,43', { os: 'Android' }],
  ['1,3,6,15,26,28,51,58,59,43,114', { os: 'Android' }],
  ['1,3,6,15,26,28,51,58,59,43,114,108', { os: 'Android' }],
  // BusyBox, networking/udhcp/common.c, options with OPTION_REQ.
  ['1,3,6,12,15,28,42', { os: 'embedded Linux' }],
  // Debian, isc-dhcp debian/dhclient.conf.
  ['1,28,2,3,15,6,119,12,44,47,26,121,42', { os: 'Linux' }],
  // systemd, src/libsystemd-network/sd-dhcp-client.c and networkd-dhcp4.c.
  ['1,3,12,15,6,26,33,121,119,42,120', { os: 'Linux' }],
  ['1,3,6,12,15,26,33,42,119,120,121', { os: 'Linux' }],
  // NetworkManager, src/core/dhcp/nm-dhcp-options.c, those that are requested.
  ['1,2,6,12,15,26,28,121,3,33,40,41,42,119,249,252,17', { os: 'Linux' }],
]);

/** What a client tells the DHCP server about its software; the names in it are its maker's. */
export const dhcp = {
  id: 'dhcp',
  sources: [
    'RFC 2132 §9.8 parameter request list, §9.13 vendor class identifier',
    '[MS-DHCPE] DHCP Extensions §2.2.3',
    'lwIP src/core/ipv4/dhcp.c; BusyBox networking/udhcp; AOSP NetworkStack DhcpClient.java',
    'dhcpcd.conf(5); dhclient.conf of Debian; systemd sd-dhcp-client.c; NetworkManager',
  ],
  conclude,
} as const satisfies Identifier;

function conclude({ fact }: Evidence): readonly Conclusion[] {
  if (fact.kind !== 'detail') return [];
  const text = reveal(fact.value);
  switch (plainName(fact.name)) {
    case 'dhcpvendorclass':
      return fromClass(text);
    case 'dhcpparameters':
      return conclusions(LISTS.get(text) ?? {}, 'hint');
    default:
      return [];
  }
}

function fromClass(text: string): readonly Conclusion[] {
  const lower = text.toLowerCase();
  const known = CLASSES.find(([start]) => lower.startsWith(start))?.[1];
  if (lower.startsWith('dhcpcd-')) return fromDhcpcd(text);
  return known === undefined ? conclusionsFrom(text, 'likely') : conclusions(known, 'likely');
}

/** `dhcpcd-6.11.5:Linux-4.1.18-v7+:armv7l:BCM2709`: the system, and the hardware of its `/proc/cpuinfo`. */
function fromDhcpcd(text: string): readonly Conclusion[] {
  const [, system = '', , hardware = ''] = text.split(':', 4);
  const os = system.split('-', 1)[0] ?? '';
  const isRaspberry = /^BCM2\d{3}$/.test(hardware);
  return [
    ...(os === '' ? [] : [{ name: 'os', value: os.slice(0, 32), certainty: 'likely' } as const]),
    ...(isRaspberry
      ? [{ name: 'vendor', value: 'Raspberry Pi', certainty: 'likely' } as const]
      : []),
  ];
}

function conclusions(known: Known, certainty: Certainty): readonly Conclusion[] {
  return (['vendor', 'model', 'kind', 'os'] as const).flatMap((name) => {
    const value = known[name];
    return value === undefined ? [] : [{ name, value, certainty }];
  });
}
