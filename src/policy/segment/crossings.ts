import { serviceOf } from './needs.ts';
import type { Break, Crossing, GroupUse, Need } from './segment.ts';
import { INTERNET, ROUTER } from './segment.ts';
import { breakOf } from './verdict.ts';

/** mDNS (RFC 6762) and SSDP (UPnP Device Architecture 2.0 §1) can be relayed, type by type. */
const RELAYABLE: ReadonlySet<number> = new Set([5353, 1900]);

export interface Crossed {
  readonly crossings: readonly Crossing[];
  readonly breaks: readonly Break[];
}

export const OUTSIDE = 'internet';
export const SELF = 'self';

/** The zone of an end; the router and the internet have names of their own. */
export function endOf(index: number, zoneOf: readonly (string | undefined)[]): string {
  if (index === INTERNET) return OUTSIDE;
  if (index === ROUTER) return SELF;
  return zoneOf[index] ?? SELF;
}

/** What goes from zone to zone: services that rules will allow, and what would not pass any more. */
export function crossingsOf(
  needs: readonly Need[],
  groups: readonly GroupUse[],
  zoneOf: readonly (string | undefined)[],
): Crossed {
  const allowed = new Map<string, Need[]>();
  const breaks: Break[] = [];
  for (const need of needs) {
    const from = endOf(need.client, zoneOf);
    const to = endOf(need.server, zoneOf);
    // To and from the router nothing changes: templates and the guard speak of that.
    if (from === to || from === SELF || to === SELF) continue;
    const kind = breakOf(need, from, to);
    if (kind !== undefined) {
      breaks.push({ ...need, kind, from, to, service: serviceOf(need) });
      continue;
    }
    const key = `${from} ${to} ${serviceOf(need)}`;
    const group = allowed.get(key);
    if (group === undefined) allowed.set(key, [need]);
    else group.push(need);
  }
  breaks.push(...groupBreaks(needs, groups, zoneOf));
  return {
    crossings: [...allowed.values()].map((group) => crossingOf(group, zoneOf)).sort(byUse),
    breaks: breaks.map(breakFields).sort(byImpact),
  };
}

function crossingOf(needs: readonly Need[], zoneOf: readonly (string | undefined)[]): Crossing {
  const [first] = needs;
  const client = first?.client ?? ROUTER;
  const server = first?.server ?? ROUTER;
  return {
    from: endOf(client, zoneOf),
    to: endOf(server, zoneOf),
    service: first === undefined ? 'any' : serviceOf(first),
    needs: [...needs].sort((a, b) => b.weight - a.weight),
    flows: sum(needs.map(({ flows }) => flows)),
    bytes: sum(needs.map(({ bytes }) => bytes)),
    days: Math.max(...needs.map(({ days }) => days)),
    lastSeen: Math.max(...needs.map(({ lastSeen }) => lastSeen)),
    pairs: needs.length,
  };
}

/**
 * Who speaks to everybody, other than by mDNS or SSDP, is heard in its own zone only. That matters
 * where it is a peer of somebody across the border, who may find it in this way.
 */
function groupBreaks(
  needs: readonly Need[],
  groups: readonly GroupUse[],
  zoneOf: readonly (string | undefined)[],
): readonly Break[] {
  const across = new Map<number, Set<string>>();
  for (const { client, server } of needs) {
    const [from, to] = [zoneOf[client], zoneOf[server]];
    if (from === undefined || to === undefined || from === to) continue;
    across.set(client, (across.get(client) ?? new Set()).add(to));
    across.set(server, (across.get(server) ?? new Set()).add(from));
  }
  return groups.flatMap(({ sender, port, flows, lastSeen }) => {
    if (RELAYABLE.has(port) || port === 0) return [];
    return [...(across.get(sender) ?? [])].sort().map((to): Break => {
      const from = endOf(sender, zoneOf);
      const rest = { bytes: 0, days: 1, weight: Math.log2(1 + flows), evidence: [] };
      const service = `udp/${port}`;
      return {
        kind: 'group',
        from,
        to,
        service,
        client: sender,
        server: ROUTER,
        flows,
        lastSeen,
        ...rest,
      };
    });
  });
}

function breakFields(one: Break): Break {
  const { kind, from, to, service, client, server } = one;
  const { flows, bytes, days, lastSeen, weight, evidence } = one;
  return {
    kind,
    from,
    to,
    service,
    client,
    server,
    flows,
    bytes,
    days,
    lastSeen,
    weight,
    evidence,
  };
}

function byUse(a: Crossing, b: Crossing): number {
  const text = (one: Crossing): string => `${one.from} ${one.to} ${one.service}`;
  return b.days - a.days || b.pairs - a.pairs || (text(a) < text(b) ? -1 : 1);
}

/** What people would miss most, first. */
function byImpact(a: Break, b: Break): number {
  return (
    b.weight - a.weight ||
    b.lastSeen - a.lastSeen ||
    a.client - b.client ||
    a.server - b.server ||
    (a.service < b.service ? -1 : 1)
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
