import { isPrivate, parseNetwork } from '../../base/address.ts';
import { blastOf, deviceReach, flatReach, zoneReach } from './blast.ts';
import { crossingsOf, endOf, SELF } from './crossings.ts';
import { relaysOf } from './discovery.ts';
import { draftPolicy } from './draft.ts';
import { needsOf, plain } from './needs.ts';
import { networksOfZones, readdressedOf } from './networks.ts';
import type { Placed } from './place.ts';
import { place } from './place.ts';
import { isJewel } from './roles.ts';
import type {
  Need,
  Placement,
  SegmentDevice,
  SegmentInput,
  SegmentOptions,
  SegmentPlan,
} from './segment.ts';
import { DEFAULTS } from './segment.ts';
import { breakOf } from './verdict.ts';

/** Flows that explain where a device is put. */
const SHOWN_FLOWS = 3;

/**
 * How a network could be divided into zones: who is in which and why, what the zones need of each
 * other, what would break, and how much less whoever takes over one device then reaches. The same
 * input gives the same plan.
 */
export function planSegments(
  input: SegmentInput,
  given: Partial<SegmentOptions> = {},
): SegmentPlan {
  const options = { ...DEFAULTS, ...given };
  // By id, so that the order of the inventory does not matter.
  const devices = input.devices.filter(hasPlace).sort((a, b) => (a.id < b.id ? -1 : 1));
  const { needs, groups, left } = needsOf({ ...input, devices });
  const placed = place({ devices, routers: input.routers }, needs, options);
  const { zoneOf } = placed;
  const { crossings, breaks } = crossingsOf(needs, groups, zoneOf);
  const relays = relaysOf(crossings, groups, devices);
  const zones = networksOfZones(placed, devices, input.networks, options);
  const inside = zoneOf.map((zone) => zone !== undefined);
  const kept = needs.filter((need) => isKept(need, zoneOf));
  const members = devices.filter((_, index) => inside[index] === true);
  return {
    devices,
    zones,
    placements: placementsOf(devices, placed, needs),
    crossings,
    breaks,
    relays,
    readdressed: readdressedOf(zones, devices),
    blast: {
      flat: blastOf(devices, inside, flatReach(devices, inside)),
      zones: blastOf(devices, inside, zoneReach(devices, zoneOf, crossings)),
      devices: blastOf(devices, inside, deviceReach(devices, kept)),
    },
    jewels: members.filter(isJewel).map(({ id }) => id),
    routers: devices.filter((_, index) => inside[index] !== true).map(({ id }) => id),
    policy: draftPolicy({ zones, crossings, relays, needs, zoneOf, devices: members, options }),
    notes: notesOf(placed, members, { left, elsewhere: input.devices.length - devices.length }),
  };
}

/** In a network of ours: what has no address hangs on a hub, and other addresses are others'. */
function hasPlace({ addresses }: SegmentDevice): boolean {
  return addresses.some((text) => {
    const range = parseNetwork(plain(text));
    return range !== undefined && isPrivate(range);
  });
}

function isKept(need: Need, zoneOf: readonly (string | undefined)[]): boolean {
  const from = endOf(need.client, zoneOf);
  const to = endOf(need.server, zoneOf);
  return from !== SELF && to !== SELF && breakOf(need, from, to) === undefined;
}

function placementsOf(
  devices: readonly SegmentDevice[],
  { zoneOf, reasons, stays }: Placed,
  needs: readonly Need[],
): readonly Placement[] {
  const byDevice = devices.map((): Need[] => []);
  for (const need of needs) {
    byDevice[need.client]?.push(need);
    byDevice[need.server]?.push(need);
  }
  return devices.flatMap((device, index): Placement[] => {
    const zone = zoneOf[index];
    if (zone === undefined) return [];
    const stay = stays.get(index);
    const flows = (byDevice[index] ?? []).sort((a, b) => b.weight - a.weight);
    return [
      {
        device,
        zone,
        reason: reasons[index] ?? '',
        ...(stay === undefined ? {} : { stays: stay }),
        flows: flows.slice(0, SHOWN_FLOWS),
      },
    ];
  });
}

interface LeftOut {
  readonly left: number;
  readonly elsewhere: number;
}

function notesOf(
  { stays }: Placed,
  devices: readonly SegmentDevice[],
  { left, elsewhere }: LeftOut,
): string[] {
  const unscanned = devices.filter(({ scanned }) => !scanned).length;
  return [
    ...(unscanned === 0
      ? []
      : [`Not scanned, and so with each port taken as open: ${unscanned} of ${devices.length}`]),
    ...(elsewhere === 0
      ? []
      : [`Without a private address (outside, or behind a hub), and so in no zone: ${elsewhere}`]),
    ...(left === 0
      ? []
      : [`Flows that say nothing here, since an end of them is no device: ${left}`]),
    ...(stays.size === 0
      ? []
      : [
          `Speaking Matter or Thread, or controlling what does, and so to stay on one link: ${stays.size}`,
        ]),
    'IPv6: the router gives each VLAN a prefix of its own; add it to the networks of the zone',
    'Only what was recorded is known: record for a week or two before you divide the network',
  ];
}
