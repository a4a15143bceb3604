import { parseNetwork } from '../base/address.ts';
import type { AddressSet } from '../base/address-set.ts';
import { addressSet, intersectionOf, networksOf } from '../base/address-set.ts';
import type { Policy } from '../model/policy.ts';
import type { Problem } from './problem.ts';
import { shown } from './schema-values.ts';

/** Zones divide interfaces and addresses among themselves: none belongs to two. */
export function checkZones(policy: Policy): Problem[] {
  return [...sharedInterfaces(policy), ...overlaps(policy), ...incomplete(policy), ...nat(policy)];
}

export function networkSet(networks: readonly string[]): AddressSet {
  return addressSet(networks.map((text) => parseNetwork(text)).filter((one) => one !== undefined));
}

function sharedInterfaces({ zones }: Policy): Problem[] {
  const owners = new Map<string, string>();
  return Object.entries(zones).flatMap(([name, { interfaces }]) =>
    interfaces.flatMap((one, index): Problem[] => {
      const other = owners.get(one);
      owners.set(one, other ?? name);
      if (other === undefined) return [];
      return [
        {
          level: 'error',
          path: ['zones', name, 'interfaces', index],
          message: `the interface ${shown(one)} is in the zone ${shown(other)} already`,
          remedy: 'Name each interface in one zone',
        },
      ];
    }),
  );
}

function overlaps({ zones }: Policy): Problem[] {
  const all = Object.entries(zones).map(([name, zone]) => ({
    name,
    set: networkSet(zone.networks),
  }));
  return all.flatMap(({ name, set }, index) =>
    all.slice(0, index).flatMap((other): Problem[] => {
      const [common] = intersectionOf(set, other.set);
      if (common === undefined) return [];
      const where = networksOf(common)[0] ?? '';
      return [
        {
          level: 'error',
          path: ['zones', name, 'networks'],
          message: `${where} is in the zone ${shown(other.name)} too`,
          remedy: 'Give each network to one zone',
        },
      ];
    }),
  );
}

function incomplete({ zones }: Policy): Problem[] {
  const ways = Object.entries(zones).filter(([, zone]) => zone.internet);
  const open = ways.filter(([, zone]) => zone.interfaces.length === 0);
  const two = open.length > 0 && ways.length > 1 ? (open.at(-1)?.[0] ?? '') : undefined;
  return [
    ...(two === undefined
      ? []
      : [
          zoneProblem(
            two,
            'internet',
            'two zones lead to the internet, and one of them names no interface',
            'Name the interfaces of each',
          ),
        ]),
    ...Object.entries(zones).flatMap(([name, zone]) => {
      if (zone.internet || zone.interfaces.length > 0) return [];
      if (zone.default === 'deny') {
        return [
          zoneProblem(
            name,
            'default',
            'a zone that denies needs its interfaces',
            'Add interfaces: what the zone is attached to',
          ),
        ];
      }
      if (zone.networks.length > 0) return [];
      return [
        zoneProblem(
          name,
          'interfaces',
          `the zone ${shown(name)} has neither interfaces nor networks`,
          'Add interfaces or networks',
        ),
      ];
    }),
  ];
}

function zoneProblem(name: string, key: string, message: string, remedy: string): Problem {
  return { level: 'error', path: ['zones', name, key], message, remedy };
}

/** Without its networks a zone's sources would be everybody's. */
function nat({ zones, nat: { masquerade, pools } }: Policy): Problem[] {
  const parts = [
    ...masquerade.map(({ from }, index) => ({ from, path: ['nat', 'masquerade', index, 'from'] })),
    ...pools.map(({ from }, index) => ({ from, path: ['nat', 'pools', index, 'from'] })),
  ];
  return parts.flatMap(({ from, path }): Problem[] => {
    const name = from.replace(/^zone:/, '');
    const zone = Object.hasOwn(zones, name) ? zones[name] : undefined;
    if (zone === undefined || zone.networks.length > 0) return [];
    return [
      {
        level: 'error',
        path,
        message: `the zone ${shown(name)} names no networks, so nobody knows whom to translate`,
        remedy: 'Add the networks of the zone',
      },
    ];
  });
}
