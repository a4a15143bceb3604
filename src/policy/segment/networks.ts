import type { AddressRange } from '../../base/address.ts';
import { contains, covers, formatAddress, parseAddress, parseNetwork } from '../../base/address.ts';
import type { Placed } from './place.ts';
import { ROLES } from './roles.ts';
import type { PlannedZone, Readdressed, SegmentDevice, SegmentOptions } from './segment.ts';

/** A zone's network has room for so many, as a home's has: a /24. */
const SIZE = 24;
/** IEEE 802.1Q-2022 §9.6: 1 to 4094; below 2 is the one that everything is in by default. */
const LAST_VLAN = 4094;

/** Each zone its network: the one that most of its devices are in already, or a new one. */
export function networksOfZones(
  placed: Placed,
  devices: readonly SegmentDevice[],
  networks: readonly (readonly string[])[],
  options: SegmentOptions,
): readonly PlannedZone[] {
  const owners = ownersOf(placed, devices, networks);
  const free = new FreeNetworks(networks.flat());
  const vlans = new Set<number>();
  return placed.zones.map(({ name, role }): PlannedZone => {
    const members = placed.zoneOf.flatMap((zone, index) => (zone === name ? [index] : []));
    const own = networks.filter((_, index) => owners[index] === name).flat();
    const base = { name, role, title: ROLES[role].title, members };
    const keepsLan = own.length > 0 && name === owners[0];
    if (keepsLan) return { ...base, interface: options.lan, networks: own, isNew: false };
    const vlan = freeVlan(ROLES[role].vlan, vlans);
    const interfaceName = `${options.lan}.${vlan}`;
    if (own.length > 0) {
      return { ...base, vlan, interface: interfaceName, networks: own, isNew: false };
    }
    return { ...base, vlan, interface: interfaceName, networks: [free.take(vlan)], isNew: true };
  });
}

function freeVlan(wanted: number, taken: Set<number>): number {
  let vlan = wanted;
  while (taken.has(vlan) && vlan < LAST_VLAN) vlan += 1;
  taken.add(vlan);
  return vlan;
}

/** By index of the network: the zone that keeps it. People keep theirs, and so does who must stay. */
function ownersOf(
  { zoneOf, zones, stays }: Placed,
  devices: readonly SegmentDevice[],
  networks: readonly (readonly string[])[],
): readonly (string | undefined)[] {
  return networks.map((network) => {
    const counts = new Map<string, number>();
    devices.forEach((device, index) => {
      const zone = zoneOf[index];
      if (zone === undefined || !isIn(device, network)) return;
      const weight = stays.has(index) ? devices.length : zone === 'trusted' ? 4 : 1;
      counts.set(zone, (counts.get(zone) ?? 0) + weight);
    });
    const [best] = zones
      .map(({ name }) => ({ name, count: counts.get(name) ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    return best?.name;
  });
}

function isIn({ addresses }: SegmentDevice, network: readonly string[]): boolean {
  const ranges = network.flatMap((text) => parseNetwork(text) ?? []);
  return addresses.some((text) => {
    const address = parseAddress(text);
    return address !== undefined && ranges.some((range) => contains(range, address));
  });
}

/** Private networks that nobody has: beside the one in use, so that they are told apart by sight. */
class FreeNetworks {
  readonly #taken: AddressRange[];
  readonly #base: number;

  constructor(networks: readonly string[]) {
    this.#taken = networks.flatMap((text) => parseNetwork(text) ?? []);
    const first = this.#taken.find(({ family }) => family === 4);
    // RFC 1918; 192.168 where nothing is known.
    this.#base = first === undefined ? 0xc0a8_0000 : Number(first.from) & 0xffff_0000;
  }

  /** `192.168.VLAN.0/24`, or the next one after it that is free. */
  take(vlan: number): string {
    for (let step = 0; step < 256; step += 1) {
      const third = (vlan + step) % 256;
      const text = `${this.#address(third)}/${SIZE}`;
      const range = parseNetwork(text);
      if (range === undefined || this.#taken.some((one) => overlap(one, range))) continue;
      this.#taken.push(range);
      return text;
    }
    return `10.${vlan % 256}.0.0/${SIZE}`;
  }

  #address(third: number): string {
    const value = BigInt((this.#base >>> 0) + third * 256);
    return formatAddress({ family: 4, value });
  }
}

function overlap(a: AddressRange, b: AddressRange): boolean {
  return a.family === b.family && (covers(a, b) || covers(b, a));
}

/** Who gets an address of another network, which whatever has it written down must be told. */
export function readdressedOf(
  zones: readonly PlannedZone[],
  devices: readonly SegmentDevice[],
): readonly Readdressed[] {
  return zones.flatMap(({ name, members, networks }) =>
    members.flatMap((index): Readdressed[] => {
      const device = devices[index];
      if (device === undefined || isIn(device, networks)) return [];
      const addresses = device.addresses.filter((text) => parseAddress(text)?.family === 4);
      const network = networks[0] ?? '';
      return [{ device: device.id, addresses, zone: name, network }];
    }),
  );
}
