import type { PortSet } from '../base/port-set.ts';
import { hasPort, parsePorts } from '../base/port-set.ts';
import type { Instant, Transport } from '../model/core.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Service, ServiceState } from '../model/service.ts';
import { ServiceDraft } from './service-draft.ts';
import type { InventoryTools, NamedProtocol } from './tools.ts';

/** Milliseconds for which an address that is not seen any more still counts as the device's own. */
const ADDRESS_KEPT = 60 * 60_000;

interface Sweep {
  readonly at: Instant;
  readonly id: number;
  readonly address: string;
  readonly transport: Transport;
  readonly closed: PortSet;
  readonly silent: PortSet;
}

/**
 * What one device offers.
 *
 * @param evidence all about the device, in order of time
 */
export function foldServices(
  device: string,
  evidence: readonly Evidence[],
  named: readonly NamedProtocol[],
  tools: InventoryTools,
): readonly Service[] {
  const drafts = new Map<string, ServiceDraft>();
  const sweeps: Sweep[] = [];
  const seen = new Map<string, Instant>();
  for (const one of evidence) {
    if (one.source !== 'user') seen.set(one.subject.address, one.at);
    if (one.fact.kind === 'swept') sweeps.push(sweepOf(one, one.fact));
    const { transport, port } = one.subject;
    if (transport === undefined || port === undefined) continue;
    const key = `${transport}/${port}`;
    const draft = drafts.get(key) ?? new ServiceDraft(transport, port);
    drafts.set(key, draft);
    draft.add(one);
  }
  const live = liveAddresses(seen);
  return [...drafts.values()]
    .filter((draft) => draft.answered)
    .map((draft) => draft.result(device, stateOf(draft, sweeps, live), named, tools))
    .sort((a, b) => a.port - b.port || (a.transport < b.transport ? -1 : 1));
}

function sweepOf(
  { at, id, subject }: Evidence,
  fact: Extract<Evidence['fact'], { kind: 'swept' }>,
): Sweep {
  const closed = parsePorts(fact.closed) ?? [];
  const silent = parsePorts(fact.silent) ?? [];
  return { at, id, address: subject.address, transport: fact.transport, closed, silent };
}

/** Without those that it had and left: what was open there says nothing about now. */
function liveAddresses(seen: ReadonlyMap<string, Instant>): ReadonlySet<string> {
  const last = Math.max(...seen.values());
  return new Set(
    [...seen].filter(([, at]) => at >= last - ADDRESS_KEPT).map(([address]) => address),
  );
}

interface Standing {
  readonly state: ServiceState;
  readonly at: Instant;
  readonly evidence: number;
}

/** Open where any of its addresses is; else what the last one that was asked said. */
function stateOf(
  draft: ServiceDraft,
  sweeps: readonly Sweep[],
  live: ReadonlySet<string>,
): Standing {
  const all = Array.from(draft.openAt, ([address, last]) => ({
    address,
    ...standingAt(address, last, draft, sweeps),
  }));
  const here = all.filter(({ address }) => live.has(address));
  const gone = laterElsewhere(draft, sweeps, live);
  const now = here.length > 0 ? here : gone === undefined ? all : [gone];
  const open = now.filter(({ state }) => state === 'open');
  return (open.length > 0 ? open : now).reduce((best, one) => (one.at >= best.at ? one : best));
}

/** Asked at an address where it never was open: it counts only where it was open at none that is left. */
function laterElsewhere(
  draft: ServiceDraft,
  sweeps: readonly Sweep[],
  live: ReadonlySet<string>,
): Standing | undefined {
  const last = Math.max(...Array.from(draft.openAt.values(), ({ at }) => at));
  const sweep = sweeps.findLast(
    ({ address, transport, at, closed }) =>
      live.has(address) &&
      transport === draft.transport &&
      at > last &&
      hasPort(closed, draft.port),
  );
  return sweep === undefined ? undefined : { state: 'closed', at: sweep.at, evidence: sweep.id };
}

function standingAt(
  address: string,
  open: { readonly at: Instant; readonly id: number },
  draft: ServiceDraft,
  sweeps: readonly Sweep[],
): Standing {
  const asked = sweeps.filter(
    (sweep) =>
      sweep.address === address &&
      sweep.transport === draft.transport &&
      (sweep.at > open.at || (sweep.at === open.at && sweep.id > open.id)) &&
      (hasPort(sweep.closed, draft.port) || hasPort(sweep.silent, draft.port)),
  );
  const last = asked.at(-1);
  if (last === undefined) return { state: 'open', at: open.at, evidence: open.id };
  if (hasPort(last.closed, draft.port)) return { state: 'closed', at: last.at, evidence: last.id };
  // A datagram may be lost: one silence after an answer says nothing, the second in a row does.
  const believed = draft.transport === 'tcp' || asked.length > 1;
  return believed
    ? { state: 'silent', at: last.at, evidence: last.id }
    : { state: 'open', at: open.at, evidence: open.id };
}
