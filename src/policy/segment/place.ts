import type { Stay } from './matter.ts';
import { staysOf } from './matter.ts';
import { otCells } from './ot-cells.ts';
import { isRouterKind, ROLE_ORDER, ROLES, roleOf } from './roles.ts';
import type { Need, Role, SegmentDevice, SegmentInput, SegmentOptions } from './segment.ts';
import { isRare } from './verdict.ts';

/** What a device's own template is worth against traffic that would have it elsewhere. */
const HOME = 6;
/** Rounds of moves; each lowers the cost, so that it ends anyway. */
const ROUNDS = 8;

/** Which zones become one where there may not be as many, in this order. */
const MERGES: readonly (readonly [from: Role, into: Role])[] = [
  ['printer', 'media'],
  ['infra', 'trusted'],
  ['media', 'iot-local'],
  ['iot-cloud', 'iot-local'],
  ['camera', 'iot-local'],
  ['guest', 'quarantine'],
  ['ot', 'iot-local'],
  ['quarantine', 'iot-local'],
];

export interface Placed {
  /** By index of the device: the zone's name; undefined for the router. */
  readonly zoneOf: readonly (string | undefined)[];
  readonly reasons: readonly string[];
  readonly stays: ReadonlyMap<number, Stay>;
  /** Name and role, in the order in which they are shown. */
  readonly zones: readonly { readonly name: string; readonly role: Role }[];
}

/** Each device by its template, then moved to where fewer borders are crossed and less is in reach. */
export function place(
  { devices, routers }: Pick<SegmentInput, 'devices' | 'routers'>,
  needs: readonly Need[],
  options: SegmentOptions,
): Placed {
  const byDevice = needsByDevice(devices.length, needs);
  const known = Math.min(...devices.map(({ firstSeen }) => firstSeen));
  const stays = staysOf(devices, needs);
  const choices = devices.map((device, index) => {
    if (isRouter(device, routers)) return undefined;
    if (stays.has(index)) {
      return { role: 'trusted' as const, reason: stays.get(index)?.reason ?? '' };
    }
    return roleOf(device, byDevice[index] ?? [], known);
  });
  const cells = otCells(
    devices,
    choices.map((choice) => choice?.role === 'ot'),
    needs,
  );
  const zoneOf = choices.map((choice, index) =>
    choice === undefined ? undefined : (cells.get(index) ?? choice.role),
  );
  const reasons = choices.map((choice) => choice?.reason ?? 'it is the router');
  merge(zoneOf, options.zones, reasons);
  const movable = devices.map((_, index) => !stays.has(index));
  new Mover({ zoneOf, reasons, needs, byDevice, movable, lambda: options.lambda }).run();
  return { zoneOf, reasons, stays, zones: zonesOf(zoneOf) };
}

export function isRouter(device: SegmentDevice, routers: readonly string[]): boolean {
  return isRouterKind(device) || device.addresses.some((address) => routers.includes(address));
}

export function roleOfZone(zone: string): Role {
  const role = ROLE_ORDER.find((one) => one === zone);
  return role ?? 'ot';
}

function zonesOf(zoneOf: readonly (string | undefined)[]): Placed['zones'] {
  const names = [...new Set(zoneOf)].filter((name) => name !== undefined);
  const rank = (name: string): number => ROLE_ORDER.indexOf(roleOfZone(name));
  return names
    .map((name) => ({ name, role: roleOfZone(name) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || byNumber(a.name, b.name));
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function needsByDevice(count: number, needs: readonly Need[]): readonly (readonly Need[])[] {
  const lists: Need[][] = Array.from({ length: count }, () => []);
  for (const need of needs) {
    lists[need.client]?.push(need);
    lists[need.server]?.push(need);
  }
  return lists;
}

/** Cells of control systems first, since they are many; then the templates that are least apart. */
function merge(zoneOf: (string | undefined)[], most: number, reasons: string[]): void {
  const names = (): Set<string> => new Set(zoneOf.filter((name) => name !== undefined));
  const join = (from: string, into: string): void => {
    zoneOf.forEach((name, index) => {
      if (name !== from) return;
      zoneOf[index] = into;
      reasons[index] = `${reasons[index]}; a zone of its own would be one too many`;
    });
  };
  for (;;) {
    const cells = [...names()].filter((name) => name.startsWith('ot-')).sort(byNumber);
    const last = cells.at(-1);
    const before = cells.at(-2);
    if (names().size <= most || last === undefined || before === undefined) break;
    join(last, before);
  }
  for (const [from, into] of MERGES) {
    if (names().size <= most) return;
    const zone = from === 'ot' ? [...names()].find((name) => name.startsWith('ot-')) : from;
    if (zone !== undefined && names().has(zone)) join(zone, into);
  }
}

interface MoverParts {
  readonly zoneOf: (string | undefined)[];
  readonly reasons: string[];
  readonly needs: readonly Need[];
  readonly byDevice: readonly (readonly Need[])[];
  readonly movable: readonly boolean[];
  readonly lambda: number;
}

/** Greedy: one device at a time, to the zone where the sum of borders crossed and reach is least. */
class Mover {
  readonly #parts: MoverParts;
  readonly #zones: readonly string[];
  readonly #home: readonly (string | undefined)[];
  readonly #homeReasons: readonly string[];
  /** Members of each zone. */
  readonly #sizes: Map<string, number> = new Map();
  /** Needs from a zone to another that a rule would allow: how many, by `from to`. */
  readonly #ways: Map<string, number> = new Map();

  constructor(parts: MoverParts) {
    this.#parts = parts;
    this.#home = [...parts.zoneOf];
    this.#homeReasons = [...parts.reasons];
    this.#zones = zonesOf(parts.zoneOf).map(({ name }) => name);
    for (const zone of parts.zoneOf) {
      if (zone !== undefined) this.#sizes.set(zone, (this.#sizes.get(zone) ?? 0) + 1);
    }
    for (const need of parts.needs) this.#count(need, 1);
  }

  run(): void {
    const { zoneOf, movable } = this.#parts;
    for (let round = 0; round < ROUNDS; round += 1) {
      let moved = false;
      for (let device = 0; device < zoneOf.length; device += 1) {
        if (movable[device] === true && this.#improve(device)) moved = true;
      }
      if (!moved) return;
    }
  }

  #improve(device: number): boolean {
    const { zoneOf, reasons } = this.#parts;
    const at = zoneOf[device];
    if (at === undefined) return false;
    const candidates = this.#candidates(this.#home[device] ?? at).filter((zone) => zone !== at);
    let best = at;
    let least = this.#cost(device);
    for (const zone of candidates) {
      this.#move(device, zone);
      const cost = this.#cost(device);
      if (cost < least - 1e-9) {
        best = zone;
        least = cost;
      }
    }
    this.#move(device, best);
    if (best === at) return false;
    reasons[device] =
      best === this.#home[device]
        ? (this.#homeReasons[device] ?? '')
        : `most of what it needs, or serves, is in ${best}`;
    return true;
  }

  #candidates(home: string): readonly string[] {
    const { also } = ROLES[roleOfZone(home)];
    return this.#zones.filter((zone) => zone === home || also.some((role) => role === zone));
  }

  #move(device: number, zone: string): void {
    const { zoneOf, byDevice } = this.#parts;
    const before = zoneOf[device];
    if (before === undefined || before === zone) return;
    for (const need of byDevice[device] ?? []) this.#count(need, -1);
    this.#sizes.set(before, (this.#sizes.get(before) ?? 0) - 1);
    zoneOf[device] = zone;
    this.#sizes.set(zone, (this.#sizes.get(zone) ?? 0) + 1);
    for (const need of byDevice[device] ?? []) this.#count(need, 1);
  }

  #count(need: Need, by: number): void {
    const { zoneOf } = this.#parts;
    const [from, to] = [zoneOf[need.client], zoneOf[need.server]];
    if (from === undefined || to === undefined || from === to || isRare(need)) return;
    const key = `${from} ${to}`;
    this.#ways.set(key, (this.#ways.get(key) ?? 0) + by);
  }

  /** Of what depends on where this device is. */
  #cost(device: number): number {
    const { zoneOf, byDevice, lambda } = this.#parts;
    let crossed = 0;
    for (const need of byDevice[device] ?? []) {
      const [from, to] = [zoneOf[need.client], zoneOf[need.server]];
      if (from !== undefined && to !== undefined && from !== to) crossed += need.weight;
    }
    const away = zoneOf[device] === this.#home[device] ? 0 : HOME;
    return crossed + away + lambda * this.#reach();
  }

  /** Devices that one can reach by way of others, mean: whole zones, since ports come later. */
  #reach(): number {
    let sum = 0;
    let devices = 0;
    for (const zone of this.#zones) {
      const size = this.#sizes.get(zone) ?? 0;
      devices += size;
      for (const reached of this.#reachedFrom(zone)) sum += size * (this.#sizes.get(reached) ?? 0);
    }
    return devices === 0 ? 0 : sum / devices;
  }

  #reachedFrom(zone: string): ReadonlySet<string> {
    const seen = new Set([zone]);
    // What is added while one goes through a set is gone through, too.
    for (const at of seen) {
      for (const to of this.#zones) if ((this.#ways.get(`${at} ${to}`) ?? 0) > 0) seen.add(to);
    }
    return seen;
  }
}
