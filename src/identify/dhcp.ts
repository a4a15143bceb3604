import { reveal } from '../base/untrusted.ts';
import type { Certainty } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainName } from './details.ts';
import { conclusionsFrom } from './families.ts';
import type { Conclusion, Identifier } from './identifier.ts';

type Name = 'vendor' | 'model' | 'kind' | 'os' | 'firmware' | 'serial';
type Known = Readonly<Partial<Record<Name, string | undefined>>>;

const NAMES: readonly Name[] = ['vendor', 'model', 'kind', 'os', 'firmware', 'serial'];

/** How vendor class identifiers (option 60) begin, lower case. */
const CLASSES: readonly (readonly [start: string, known: Known])[] = [
  // [MS-DHCPE] §2.2.3: `MSFT 5.0` from Windows 2000 on, `MSFT 98` before.
  ['msft ', { os: 'Windows', kind: 'computer' }],
  // AOSP, NetworkStack DhcpClient: `android-dhcp-` and the release.
  ['android-dhcp-', { os: 'Android' }],
  // BusyBox, networking/udhcp/dhcpc.c: `udhcp ` and its version.
  ['udhcp ', { os: 'embedded Linux' }],
  // Cisco, "DHCP option 43 for lightweight access points": `Cisco AP c1240`.
  ['cisco ap', { vendor: 'Cisco', kind: 'access point' }],
  ['cisco systems, inc. ip phone', { vendor: 'Cisco', kind: 'phone' }],
  ['cisco', { vendor: 'Cisco' }],
  // HPE Aruba, "DHCP option 60 and 43": the access points' own.
  ['arubaap', { vendor: 'Aruba', kind: 'access point' }],
  ['aruba jl', { vendor: 'Aruba', kind: 'switch' }],
  ['arubainstantap', { vendor: 'Aruba', kind: 'access point' }],
  // Arista EOS, zero touch provisioning: `Arista;` and the model.
  ['arista', { vendor: 'Arista', kind: 'switch' }],
  ['juniper', { vendor: 'Juniper' }],
  ['hewlett-packard jetdirect', { vendor: 'HP', kind: 'printer' }],
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
    'dhcpcd.conf(5), vendorclassid; dhclient.conf of Debian; systemd sd-dhcp-client.c; NetworkManager',
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
  const said = GRAMMARS.map((read) => read(text)).find((one) => one !== undefined);
  if (said !== undefined) return conclusions(said, 'likely');
  const lower = text.toLowerCase();
  const known = CLASSES.find(([start]) => lower.startsWith(start))?.[1];
  return known === undefined ? conclusionsFrom(text, 'likely') : conclusions(known, 'likely');
}

/** What makers write in a form of their own. */
const GRAMMARS: readonly ((text: string) => Known | undefined)[] = [
  fromDhcpcd,
  fromPrinter,
  fromAxis,
  fromApple,
  fromPolycom,
];

/** `dhcpcd-6.11.5:Linux-4.1.18-v7+:armv7l:BCM2709`: the system, and the hardware of its `/proc/cpuinfo`. */
function fromDhcpcd(text: string): Known | undefined {
  if (!text.startsWith('dhcpcd-')) return undefined;
  const [, system = '', , hardware = ''] = text.split(':', 4);
  const os = system.split('-', 1)[0] ?? '';
  const isRaspberry = /^BCM2\d{3}$/.test(hardware);
  return { ...(os === '' ? {} : { os }), ...(isRaspberry ? { vendor: 'Raspberry Pi' } : {}) };
}

/** `Mfg=LEXMARK;Typ=Printer;Mod=Lexmark MS310dn;Ser=…;`: the keys of IEEE 1284's device id. */
function fromPrinter(text: string): Known | undefined {
  if (!/^mfg=/i.test(text)) return undefined;
  const pairs = text.split(';', 16).map((pair) => pair.split('=', 2));
  const keyed = (name: string): string | undefined =>
    pairs.find(([key = '']) => key.toLowerCase() === name)?.[1];
  const isPrinter = /^(?:printer|mfp)$/i.test(keyed('typ') ?? '');
  return {
    vendor: keyed('mfg'),
    model: keyed('mod'),
    serial: keyed('ser'),
    kind: isPrinter ? 'printer' : undefined,
  };
}

/** `AXIS,Network Camera,M3006,5.55`: what it is, model and firmware. */
function fromAxis(text: string): Known | undefined {
  const [maker, type = '', model, firmware] = text.split(',', 5);
  if (maker !== 'AXIS') return undefined;
  const kind = /camera/i.test(type) ? 'camera' : undefined;
  return { vendor: 'Axis', kind, model, firmware };
}

/** Boot Service Discovery of Apple's computers: `AAPLBSDPC/i386/MacBookPro14,1`. */
function fromApple(text: string): Known | undefined {
  const [start, , model = ''] = text.split('/', 4);
  if (start !== 'AAPLBSDPC') return undefined;
  const kind = model.startsWith('MacBook') ? 'laptop' : 'computer';
  return { vendor: 'Apple', os: 'macOS', model, kind };
}

/** `Polycom-VVX410`, since 2019 `Poly-`. */
function fromPolycom(text: string): Known | undefined {
  const model = /^Poly(?:com)?-([\w-]{1,32})$/.exec(text)?.[1];
  return model === undefined ? undefined : { vendor: 'Polycom', model, kind: 'phone' };
}

function conclusions(known: Known, certainty: Certainty): readonly Conclusion[] {
  return NAMES.flatMap((name) => {
    const value = known[name];
    return value === undefined || value === '' ? [] : [{ name, value, certainty }];
  });
}
