import { covers, parseNetwork } from '../base/address.ts';
import { reveal } from '../base/untrusted.ts';
import type { Device } from '../model/device.ts';
import type { Policy, PolicyEndpoint, Zone } from '../model/policy.ts';
import { ID_FORM } from './schema-values.ts';
import { seenNetworks } from './seen-networks.ts';

/** One network that the machine is on. */
export interface AttachedNetwork {
  readonly interface: string;
  /** In CIDR form, without host bits. */
  readonly network: string;
  /** The default route leads out through it. */
  readonly outside: boolean;
}

export interface Surroundings {
  readonly networks: readonly AttachedNetwork[];
  /** It forwards between its interfaces: then these are the ones that rules are about. */
  readonly isRouter: boolean;
  readonly devices: readonly Device[];
  /** Zones that the configuration names, with their networks: what people call them already. */
  readonly named?: NamedNetworks;
}

type NamedNetworks = Readonly<Record<string, readonly string[]>>;

/**
 * What a policy begins with: a zone for each interface of a router, or one for the network where
 * the router is another machine; one for each other network that devices were seen in; and every
 * device under a name of its own, observed and not restricted. A network that the configuration
 * has in a zone is in the zone of that name here, too. It denies nothing.
 */
export function initialPolicy({ networks, isRouter, devices, named = {} }: Surroundings): Policy {
  const zones = isRouter ? routerZones(networks, named) : plainZones(networks, named);
  return {
    version: 1,
    zones: { ...joined([...seenZones(devices, zones, named), ...Object.entries(zones)]) },
    endpoints: Object.fromEntries(endpoints(devices)),
    services: {},
    rules: [],
    refuse: 'drop',
    nat: { masquerade: [], forwards: [], oneToOne: [], pools: [], redirects: [] },
    guard: { admins: [], services: ['ssh', 'https'] },
    tests: [],
  };
}

const OUT: Zone = { interfaces: [], networks: [], internet: true, default: 'leave' };

function plainZones(
  networks: readonly AttachedNetwork[],
  named: NamedNetworks,
): Record<string, Zone> {
  const own = [...new Set(networks.map(({ network }) => network))];
  const zones = own.map((network): [string, Zone] => [
    nameIn(named, [network]) ?? 'lan',
    inside([network]),
  ]);
  const all = zones.length === 0 ? [['lan', inside([])] satisfies [string, Zone]] : zones;
  return { ...joined(all), internet: OUT };
}

function inside(networks: readonly string[], interfaces: readonly string[] = []): Zone {
  return { interfaces, networks, internet: false, default: 'leave' };
}

/** `net-192-168-10`: the machine is not on it, and does not know its interface. */
function seenZones(
  devices: readonly Device[],
  zones: Readonly<Record<string, Zone>>,
  named: NamedNetworks,
): readonly [string, Zone][] {
  const known = Object.values(zones).flatMap(({ networks }) => networks);
  return seenNetworks(devices, known).map((networks) => [
    nameIn(named, networks) ?? `net-${slug(networks[0] ?? '').replace(/-0-24$/, '')}`,
    inside(networks),
  ]);
}

function routerZones(
  networks: readonly AttachedNetwork[],
  named: NamedNetworks,
): Record<string, Zone> {
  const names = [...new Set(networks.map((one) => one.interface))];
  const zones = names.map((name): [string, Zone] => {
    const own = networks.filter((one) => one.interface === name);
    if (own.some(({ outside }) => outside)) {
      return [INTERNET, { ...OUT, interfaces: [name] }];
    }
    const ranges = [...new Set(own.map(({ network }) => network))];
    return [nameIn(named, ranges) ?? slug(name), inside(ranges, [name])];
  });
  return {
    ...joined(zones),
    ...(zones.some(([name]) => name === INTERNET) ? {} : { internet: OUT }),
  };
}

/** The zone that has one of these networks, or more than it; the first network says it, IPv4 mostly. */
function nameIn(named: NamedNetworks, networks: readonly string[]): string | undefined {
  for (const text of networks) {
    const network = parseNetwork(text);
    const found = Object.entries(named).find(
      ([name, texts]) =>
        isFree(name) &&
        texts.some((outer) => {
          const range = parseNetwork(outer);
          return range !== undefined && network !== undefined && covers(range, network);
        }),
    );
    if (found !== undefined) return policyName(found[0]);
  }
  return undefined;
}

const INTERNET = 'internet';

/** Configurations allow capitals and dots besides; undefined where nothing is left. */
function policyName(name: string): string | undefined {
  const plain = ID_FORM.test(name) ? name : slug(name);
  return ID_FORM.test(plain) ? plain : undefined;
}

/** It has no meaning of its own in a policy, and may stand there. */
function isFree(name: string): boolean {
  return name !== INTERNET && !MEANT.includes(name);
}

/** Two networks of one zone are one zone. */
function joined(zones: readonly (readonly [string, Zone])[]): Record<string, Zone> {
  const all = new Map<string, Zone>();
  for (const [name, zone] of zones) {
    const known = all.get(name);
    const { interfaces = [], networks = [] } = known ?? {};
    all.set(name, {
      ...zone,
      interfaces: [...interfaces, ...zone.interfaces],
      networks: [...networks, ...zone.networks],
    });
  }
  return Object.fromEntries(all);
}

function endpoints(devices: readonly Device[]): [string, PolicyEndpoint][] {
  const taken = new Set<string>();
  return devices.map((device) => {
    const short = device.id.toLowerCase().replace(/^ptl-d-/, '');
    const name = free(slug(reveal(device.name)), `device-${short}`, taken);
    taken.add(name);
    return [name, { kind: 'device', device: device.id, addresses: [], state: 'observing' }];
  });
}

/** Devices choose their names, also those that we would give to others. */
function free(wished: string, fallback: string, taken: ReadonlySet<string>): string {
  if (wished !== '' && !taken.has(wished)) return wished;
  let name = fallback;
  for (let number = 2; taken.has(name); number += 1) name = `${fallback}-${number}`;
  return name;
}

const MEANT = ['any', 'self'];

/** Small letters, digits and dashes, so that it can be typed; empty where nothing is left. */
function slug(text: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  if (/^\d+$/.test(plain)) return `device-${plain}`;
  return MEANT.includes(plain) ? `${plain}-device` : plain;
}
