import { criticality, isJewel } from './roles.ts';
import type { Blast, Crossing, Need, SegmentDevice } from './segment.ts';

/** Who reaches whom at once: by index of the device, ascending. */
export type Reach = readonly (readonly number[])[];

/**
 * How far whoever takes over one device gets: directly, and by taking over what it reaches, and so
 * on. Only ports that were found open count where a scan has looked; else every port may be one.
 */
export function blastOf(
  devices: readonly SegmentDevice[],
  inside: readonly boolean[],
  reach: Reach,
): Blast {
  const members = devices.flatMap((_, index) => (inside[index] === true ? [index] : []));
  const weights = devices.map(criticality);
  const jewels = new Set(members.filter((index) => isJewel(devices[index] ?? NOBODY)));
  let direct = 0;
  let sum = 0;
  let max = 0;
  let weighted = 0;
  let jewelPaths = 0;
  const seen = new Int32Array(devices.length).fill(-1);
  const targets = new Set(reach.flat());
  for (const member of members) {
    direct += reach[member]?.length ?? 0;
    const most = targets.size - (targets.has(member) ? 1 : 0);
    const reached = closure({ start: member, reach, seen, most });
    sum += reached.length;
    max = Math.max(max, reached.length);
    for (const other of reached) {
      weighted += weights[other] ?? 0;
      if (jewels.has(other)) jewelPaths += 1;
    }
  }
  const count = Math.max(1, members.length);
  return {
    directMean: direct / count,
    mean: sum / count,
    max,
    weightedMean: weighted / count,
    jewelPaths,
  };
}

interface Round {
  readonly start: number;
  readonly reach: Reach;
  /** Whose mark is `start` has been there; reused, since there is one round a device. */
  readonly seen: Int32Array;
  /** More than these there are not to be reached: then it is over. */
  readonly most: number;
}

function closure({ start, reach, seen, most }: Round): readonly number[] {
  const reached: number[] = [];
  const queue = [start];
  seen[start] = start;
  for (let at = 0; at < queue.length && reached.length < most; at += 1) {
    for (const next of reach[queue[at] ?? -1] ?? []) {
      if (seen[next] === start) continue;
      seen[next] = start;
      queue.push(next);
      reached.push(next);
    }
  }
  return reached;
}

const NOBODY: SegmentDevice = {
  id: '',
  endpoint: '',
  category: 'unknown',
  kind: '',
  hasVendor: false,
  addresses: [],
  macs: [],
  firstSeen: 0,
  lastSeen: 0,
  open: [],
  scanned: true,
  advertises: [],
  isSuspect: false,
};

/** Nothing between them: everybody reaches whoever has an open port. */
export function flatReach(devices: readonly SegmentDevice[], inside: readonly boolean[]): Reach {
  const exposed = devices.flatMap((device, index) =>
    inside[index] === true && isExposed(device) ? [index] : [],
  );
  return devices.map((_, index) => (inside[index] === true ? without(exposed, index) : []));
}

/** Within a zone everything, between zones what the rules of the zones allow. */
export function zoneReach(
  devices: readonly SegmentDevice[],
  zoneOf: readonly (string | undefined)[],
  crossings: readonly Crossing[],
): Reach {
  const byZone = new Map<string, Set<number>>();
  const members = membersOf(zoneOf);
  for (const [zone, own] of members) {
    byZone.set(zone, new Set(own.filter((index) => isExposed(devices[index] ?? NOBODY))));
  }
  for (const { from, to, needs } of crossings) {
    const [need] = needs;
    if (need === undefined) continue;
    const reached = (members.get(to) ?? []).filter((one) => answers(devices[one] ?? NOBODY, need));
    // Whom it was seen to serve it does serve, whatever a scan found.
    for (const one of [...reached, ...needs.map(({ server }) => server)]) {
      if (one >= 0) byZone.get(from)?.add(one);
    }
  }
  const sorted = new Map([...byZone].map(([zone, set]) => [zone, [...set].sort((a, b) => a - b)]));
  return devices.map((_, index) => without(sorted.get(zoneOf[index] ?? '') ?? [], index));
}

/** Each device what it was seen to need, and nothing else, within its zone too. */
export function deviceReach(devices: readonly SegmentDevice[], needs: readonly Need[]): Reach {
  const reach = devices.map(() => new Set<number>());
  for (const { client, server } of needs) if (server >= 0) reach[client]?.add(server);
  return reach.map((set) => [...set].sort((a, b) => a - b));
}

function membersOf(
  zoneOf: readonly (string | undefined)[],
): ReadonlyMap<string, readonly number[]> {
  const members = new Map<string, number[]>();
  zoneOf.forEach((zone, index) => {
    if (zone === undefined) return;
    const own = members.get(zone);
    if (own === undefined) members.set(zone, [index]);
    else own.push(index);
  });
  return members;
}

/** What is not known is possible: without a scan any port may be open. */
function isExposed({ scanned, open }: SegmentDevice): boolean {
  return !scanned || open.length > 0;
}

function answers({ scanned, open }: SegmentDevice, need: Need): boolean {
  if (!scanned) return true;
  return open.some(
    ({ transport, port }) => transport === need.protocol && port >= need.from && port <= need.to,
  );
}

function without(list: readonly number[], index: number): readonly number[] {
  return list.filter((one) => one !== index);
}
