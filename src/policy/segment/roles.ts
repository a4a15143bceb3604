import type { Need, Role, SegmentDevice } from './segment.ts';
import { INTERNET, ROUTER } from './segment.ts';

const DAY = 86_400_000;
/** Whoever was here for less, in a network that is known for longer, is a guest. */
const VISIT = 2 * DAY;
const ACQUAINTANCE = 7 * DAY;

interface Template {
  readonly title: string;
  /** 802.1Q: the same for a role at every site. */
  readonly vlan: number;
  /** Zones that a device of the role may move to where traffic speaks for it. */
  readonly also: readonly Role[];
}

/** In the order in which zones are shown. */
export const ROLES: Readonly<Record<Role, Template>> = {
  trusted: { title: 'People: computers, phones, file servers', vlan: 10, also: [] },
  infra: { title: 'Switches, access points and what runs the network', vlan: 11, also: [] },
  guest: { title: 'Guests: the internet, and nothing else', vlan: 20, also: [] },
  media: { title: 'Media: televisions, speakers, players', vlan: 30, also: ['iot-local'] },
  printer: { title: 'Printers and scanners', vlan: 40, also: ['media'] },
  camera: { title: 'Cameras, door bells and their recorders', vlan: 50, also: ['iot-local'] },
  'iot-local': {
    title: 'Things that serve the house: hubs and what hangs on them',
    vlan: 60,
    also: ['iot-cloud', 'media'],
  },
  'iot-cloud': { title: 'Things that need their maker’s cloud', vlan: 70, also: ['iot-local'] },
  ot: { title: 'Control systems, a cell', vlan: 80, also: [] },
  quarantine: { title: 'Unknown or suspect: nothing but what you allow', vlan: 99, also: [] },
};

export const ROLE_ORDER: readonly Role[] = [
  'trusted',
  'infra',
  'guest',
  'media',
  'printer',
  'camera',
  'iot-local',
  'iot-cloud',
  'ot',
  'quarantine',
];

export interface RoleChoice {
  readonly role: Role;
  /** One sentence of ours: foreign words are in none. */
  readonly reason: string;
}

const CAMERAS = /(?:^| )(?:camera|doorbell|recorder|nvr|dvr)$/;
const MEDIA = /(?:^| )(?:tv|speaker|media player|console|projector|set-top box)$/;
const HUBS = /(?:^| )(?:hub|bridge|gateway|broker)$/;
const ROUTER_KINDS = /(?:^| )(?:router|firewall|modem)$/;
const PORTABLE = /(?:^| )(?:phone|tablet|laptop)$/;
const JEWELS = /(?:^| )(?:nas|server|plc|rtu|controller|hmi|recorder|nvr)$/;

export function isHub({ kind }: SegmentDevice): boolean {
  return HUBS.test(kind);
}

export function isRouterKind({ category, kind }: SegmentDevice): boolean {
  return category === 'infrastructure' && ROUTER_KINDS.test(kind);
}

/** What must not fall: whoever takes it has the data, or moves the machine. */
export function isJewel({ category, kind }: SegmentDevice): boolean {
  return JEWELS.test(kind) || (category === 'industrial' && kind === '');
}

/** How much depends on a device, in a scale of our own: 5 what moves machines, 1 what lights a room. */
export function criticality(device: SegmentDevice): number {
  if (device.category === 'industrial') return 5;
  if (isJewel(device)) return 4;
  if (device.category === 'general-purpose' || device.category === 'infrastructure') return 3;
  return CAMERAS.test(device.kind) ? 2 : 1;
}

/**
 * Where a device belongs by what it is, before any traffic is asked.
 *
 * @param needs those in which it takes part
 * @param known since when the network is
 */
export function roleOf(device: SegmentDevice, needs: readonly Need[], known: number): RoleChoice {
  if (device.isSuspect) {
    return { role: 'quarantine', reason: 'a finding says that it may be taken over' };
  }
  switch (device.category) {
    case 'infrastructure':
      return { role: 'infra', reason: 'it runs the network' };
    case 'printer':
      return { role: 'printer', reason: 'it is a printer or scanner' };
    case 'industrial':
      return { role: 'ot', reason: 'it is part of a control system' };
    case 'wearable':
      return { role: 'iot-cloud', reason: 'it is worn, and speaks to its maker' };
    case 'general-purpose':
      return isVisitor(device, needs, known)
        ? { role: 'guest', reason: 'it came once, for less than two days' }
        : { role: 'trusted', reason: 'people work with it' };
    case 'smart-home':
      return thingOf(device, needs);
    case 'unknown':
      return unknownOf(device, needs);
  }
}

function isVisitor(device: SegmentDevice, needs: readonly Need[], known: number): boolean {
  const { kind, firstSeen, lastSeen } = device;
  if (!PORTABLE.test(kind) || lastSeen - firstSeen >= VISIT) return false;
  return firstSeen - known >= ACQUAINTANCE && needs.every(isOutward);
}

function isOutward({ client, server }: Need): boolean {
  return client === INTERNET || server === INTERNET || server === ROUTER;
}

function thingOf(device: SegmentDevice, needs: readonly Need[]): RoleChoice {
  if (CAMERAS.test(device.kind))
    return { role: 'camera', reason: 'it films, or keeps what is filmed' };
  if (MEDIA.test(device.kind)) return { role: 'media', reason: 'it plays media' };
  if (isHub(device)) return { role: 'iot-local', reason: 'it is a hub: others hang on it' };
  return byTraffic(needs);
}

function byTraffic(needs: readonly Need[]): RoleChoice {
  const local = total(needs.filter((need) => !isOutward(need)));
  const outward = total(needs.filter(({ server }) => server === INTERNET));
  if (outward > local) return { role: 'iot-cloud', reason: 'it speaks to its cloud most of all' };
  if (local > 0) return { role: 'iot-local', reason: 'it speaks within the house most of all' };
  return { role: 'iot-local', reason: 'no traffic with a cloud was seen of it' };
}

function unknownOf(device: SegmentDevice, needs: readonly Need[]): RoleChoice {
  if (device.kind === '' && !device.hasVendor) {
    return { role: 'quarantine', reason: 'nothing tells what it is: portolan claim says it' };
  }
  const { role } = byTraffic(needs);
  return { role, reason: 'what it is for is not known; its maker is' };
}

function total(needs: readonly Need[]): number {
  return needs.reduce((sum, { weight }) => sum + weight, 0);
}
