import { reveal } from '../base/untrusted.ts';
import type { Device } from '../model/device.ts';
import type { Policy, PolicyEndpoint, Zone } from '../model/policy.ts';
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
}

/**
 * What a policy begins with: a zone for each interface of a router, or one for the network where
 * the router is another machine; one for each other network that devices were seen in; and every
 * device under a name of its own, observed and not restricted. It denies nothing.
 */
export function initialPolicy({ networks, isRouter, devices }: Surroundings): Policy {
  const zones = isRouter ? routerZones(networks) : { lan: lan(networks), internet: OUT };
  return {
    version: 1,
    zones: { ...seenZones(devices, zones), ...zones },
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

function lan(networks: readonly AttachedNetwork[]): Zone {
  const own = [...new Set(networks.map(({ network }) => network))];
  return { interfaces: [], networks: own, internet: false, default: 'leave' };
}

/** `net-192-168-10`: the machine is not on it, and does not know its interface. */
function seenZones(
  devices: readonly Device[],
  zones: Readonly<Record<string, Zone>>,
): Record<string, Zone> {
  const known = Object.values(zones).flatMap(({ networks }) => networks);
  return Object.fromEntries(
    seenNetworks(devices, known).map((networks): [string, Zone] => [
      `net-${slug(networks[0] ?? '').replace(/-0-24$/, '')}`,
      { interfaces: [], networks, internet: false, default: 'leave' },
    ]),
  );
}

function routerZones(networks: readonly AttachedNetwork[]): Record<string, Zone> {
  const names = [...new Set(networks.map((one) => one.interface))];
  const zones = names.map((name): [string, Zone] => {
    const own = networks.filter((one) => one.interface === name);
    const internet = own.some(({ outside }) => outside);
    const inside = [...new Set(own.map(({ network }) => network))];
    const zone: Zone = {
      interfaces: [name],
      networks: internet ? [] : inside,
      internet,
      default: 'leave',
    };
    return [internet ? 'internet' : slug(name), zone];
  });
  const known = Object.fromEntries(zones);
  return Object.hasOwn(known, 'internet') ? known : { ...known, internet: OUT };
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
