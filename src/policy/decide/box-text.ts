import type { AddressSet } from '../../base/address-set.ts';
import { intersectionOf, networksOf } from '../../base/address-set.ts';
import { formatPorts } from '../../base/port-set.ts';
import type { BoundPolicy } from '../../model/bound-policy.ts';
import type { Box } from './boxes.ts';
import { OTHER_INTERFACE, SELF_INTERFACE } from './boxes.ts';

/** Parts of a list that are written out; the rest is counted. */
const WRITTEN = 3;

const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [58, 'icmpv6'],
]);

/**
 * A box in one line, for people: `PTL-D-7F3K → wan tcp/443`. Devices by their id in the inventory,
 * what has no address of its own by its zone. It has zone names in it: encode it for where it goes.
 */
export function boxText(box: Box, policy: BoundPolicy): string {
  const from = endText(box.sources, box.sourceNames, box.inputs, policy);
  const to = endText(box.destinations, box.destinationNames, box.outputs, policy);
  const nat = box.translated === true ? ' (by port forward)' : '';
  return `${from} → ${to} ${serviceText(box)}${nat}`;
}

function endText(
  addresses: AddressSet | undefined,
  names: readonly string[] | undefined,
  faces: readonly string[] | undefined,
  policy: BoundPolicy,
): string {
  const zones = faces === undefined ? '' : list(zonesOf(faces, policy));
  if (addresses === undefined) return zones === '' ? 'any' : zones;
  const owners = policy.devices.filter(
    (device) => intersectionOf(device.addresses, addresses).length > 0,
  );
  const isDevices = addresses.every(({ family, from, to }) =>
    owners.some((owner) =>
      owner.addresses.some((own) => own.family === family && own.from <= from && to <= own.to),
    ),
  );
  const parts = isDevices ? owners.map(({ device }) => device) : addresses.flatMap(networksOf);
  const where = list([...(names ?? []), ...parts]);
  return zones === '' || isDevices ? where : `${where} (${zones})`;
}

/** Interfaces by the zone that has them all; those of no zone by their names. */
function zonesOf(faces: readonly string[], { zones }: BoundPolicy): readonly string[] {
  const words = faces.map((face) => {
    if (face === SELF_INTERFACE) return 'the router';
    if (face === OTHER_INTERFACE) return zones.find(isTheRest)?.name ?? 'other interfaces';
    return zones.find(({ interfaces }) => interfaces.includes(face))?.name ?? face;
  });
  return [...new Set(words)];
}

function isTheRest({ internet, interfaces }: BoundPolicy['zones'][number]): boolean {
  return internet && interfaces.length === 0;
}

function serviceText({ protocols, destinationPorts, types, sourcePorts }: Box): string {
  const ports = destinationPorts === undefined ? '' : `/${formatPorts(destinationPorts)}`;
  const kinds = types === undefined ? '' : `/${list(types.map(String))}`;
  const from = sourcePorts === undefined ? '' : ` from port ${formatPorts(sourcePorts)}`;
  return `${protocolText(protocols)}${ports}${kinds}${from}`;
}

/** Most of them are said by what they are not. */
function protocolText(protocols: readonly number[] | undefined): string {
  if (protocols === undefined) return 'any';
  if (protocols.length < 128) return list(protocols.map(nameOf));
  const others = Array.from({ length: 256 }, (_, each) => each);
  const missing = others.filter((each) => !protocols.includes(each));
  return `any but ${list(missing.map(nameOf))}`;
}

function nameOf(protocol: number): string {
  return PROTOCOLS.get(protocol) ?? `protocol ${protocol}`;
}

function list(parts: readonly string[]): string {
  const shown = parts.slice(0, WRITTEN).join(', ');
  const more = parts.length - WRITTEN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
