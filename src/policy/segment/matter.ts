import { isRouterKind } from './roles.ts';
import type { Need, SegmentDevice } from './segment.ts';

/** Commissioned and commissionable nodes; Thread border routers and their peers (TREL). */
const MATTER_TYPES: ReadonlySet<string> = new Set([
  '_matter._tcp',
  '_matterc._udp',
  '_matterd._udp',
]);
const THREAD_TYPES: ReadonlySet<string> = new Set(['_meshcop._udp', '_trel._udp']);

/** Never relayed, whoever asks: relays are known to damage what Matter says by mDNS. */
export const NEVER_RELAYED: ReadonlySet<string> = new Set([...MATTER_TYPES, ...THREAD_TYPES]);

export interface Stay {
  readonly reason: string;
  readonly source: string;
}

const SOURCE =
  'matter-js/matterjs-server docs/os_requirements.md, “Networking”; project-chip: Matter Core Specification 1.4 §4.3 (discovery by DNS-SD on the link)';

const MATTER: Stay = {
  reason:
    'it speaks Matter, which finds its peers by IPv6 link-local multicast: controller, phone and device have to be on one link',
  source: SOURCE,
};
const THREAD: Stay = {
  reason:
    'it is a Thread border router: routes to the mesh are told by IPv6 router advertisements, which end at the border of the link',
  source: `${SOURCE}; RFC 4191 (route information options)`,
};
const CONTROLLER: Stay = {
  reason: 'it controls devices that speak Matter, and has to be on one link with them',
  source: SOURCE,
};

/**
 * Who must stay on one link: Matter nodes, Thread border routers, and whoever speaks Matter to
 * them. Splitting these, even with a relay between, breaks them.
 */
export function staysOf(
  devices: readonly SegmentDevice[],
  needs: readonly Need[],
): ReadonlyMap<number, Stay> {
  const stays = new Map<number, Stay>();
  devices.forEach((device, index) => {
    if (isRouterKind(device)) return;
    const types = device.advertises.map(({ type }) => type);
    const speaks = device.open.some(({ protocol }) => protocol === 'matter');
    if (types.some((type) => THREAD_TYPES.has(type))) stays.set(index, THREAD);
    else if (speaks || types.some((type) => MATTER_TYPES.has(type))) stays.set(index, MATTER);
  });
  const nodes = new Set(stays.keys());
  for (const need of needs) {
    if (need.client < 0 || need.server < 0 || !isMatter(need, devices)) continue;
    if (!stays.has(need.client)) stays.set(need.client, CONTROLLER);
    if (!nodes.has(need.server) && !stays.has(need.server)) stays.set(need.server, MATTER);
  }
  return stays;
}

/** By what was spoken, or by the port that the node itself names (there is no fixed one). */
function isMatter(need: Need, devices: readonly SegmentDevice[]): boolean {
  if (need.application === 'matter') return true;
  const named = devices[need.server]?.advertises ?? [];
  return (
    need.protocol === 'udp' &&
    named.some(
      ({ type, port }) => type === '_matter._tcp' && port === need.from && port === need.to,
    )
  );
}
