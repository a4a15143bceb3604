import type { KnownExpectation } from '../../../alerts/book.ts';
import { containment } from '../../../alerts/contain.ts';
import { eventText } from '../../../alerts/event-text.ts';
import { expectedText } from '../../../alerts/expected-text.ts';
import type { Alert } from '../../../model/alert.ts';
import type { AlertEvent } from '../../../model/alert-event.ts';
import type {
  AlertView,
  ExpectationView,
  LogEntry,
  TimelineEntry,
} from '../../../model/api/alerts.ts';
import type { ChangeEvent } from '../../../model/api/site.ts';
import { wiresharkFilter } from '../../alerts/subject.ts';
import type { StoredFlow } from '../../store/store.ts';
import { alertItem } from './alert-items.ts';
import type { SiteFacts } from './site-facts.ts';
import { serviceOf } from './zone-matrix.ts';

/** Entries of a timeline: the nearest to the alert. */
const ENTRIES = 40;
/** Ports on which one device was not answered, each once, that are told apart. */
const TOLD_APART = 4;

export interface AlertParts {
  readonly alert: Alert;
  /** Alerts of the same incident. */
  readonly incident: readonly Alert[];
  /** What happened to it. */
  readonly log: readonly AlertEvent[];
  /** Conversations of its devices around it, and what changed on them. */
  readonly flows: readonly StoredFlow[];
  readonly changes: readonly ChangeEvent[];
  readonly hasPackets: boolean;
}

export function alertView(facts: SiteFacts, parts: AlertParts): AlertView {
  const { alert, incident, log, hasPackets } = parts;
  const { last, note, snoozedUntil } = alert;
  return {
    ...alertItem(facts, alert),
    usual: facts.names.said(last, last.usual),
    reasons: last.reasons.map((reason) => facts.names.said(last, reason)),
    raised: alert.raised ?? [],
    remedy: facts.names.said(last, last.remedy),
    unseen: last.unseen,
    facts: last.evidence.facts,
    frames: last.evidence.frames,
    flowIds: last.evidence.flows,
    observations: last.evidence.count,
    timeline: timelineOf(facts, parts),
    log: logOf(log),
    others: incident.filter(({ id }) => id !== alert.id).map((one) => alertItem(facts, one)),
    ...(note === undefined ? {} : { note }),
    ...(snoozedUntil === undefined ? {} : { snoozedUntil }),
    hasPackets,
    displayFilter: wiresharkFilter(last, facts.names),
    containable: 'words' in containment(last) && actorOf(facts, alert) !== undefined,
  };
}

/** Only what is in the inventory can be held. */
function actorOf(facts: SiteFacts, { last }: Alert): string | undefined {
  return facts.names.device(last.devices[0] ?? '')?.id;
}

function logOf(log: readonly AlertEvent[]): readonly LogEntry[] {
  return log
    .filter(({ kind }) => kind !== 'repeated')
    .map((event) => ({ at: event.at, by: event.by, text: eventText(event) }));
}

/** What led to it and what followed, in the order of time. */
function timelineOf(
  facts: SiteFacts,
  { alert, log, flows, changes, incident }: AlertParts,
): readonly TimelineEntry[] {
  const entries: readonly TimelineEntry[] = [
    ...incident.map(({ first }) => ({
      at: first.at,
      kind: 'alert' as const,
      text: facts.names.said(first, first.summary),
    })),
    ...log
      .filter(({ kind }) => kind !== 'opened' && kind !== 'repeated')
      .map((event) => ({ at: event.at, kind: 'state' as const, text: eventText(event) })),
    ...changes
      .filter(({ kind }) => kind !== 'alert')
      .map(({ at, text }) => ({ at, kind: 'evidence' as const, text })),
    ...flowEntries(facts, flows),
  ];
  const middle = alert.last.at;
  return [...entries]
    .sort((a, b) => Math.abs(a.at - middle) - Math.abs(b.at - middle))
    .slice(0, ENTRIES)
    .sort((a, b) => a.at - b.at);
}

interface FlowGroup {
  at: number;
  readonly source: string;
  readonly service: string;
  readonly outcome: string;
  readonly peers: Set<string>;
  count: number;
}

/** Conversations of one kind are one entry: a scan has thousands. */
function flowEntries(facts: SiteFacts, flows: readonly StoredFlow[]): readonly TimelineEntry[] {
  const groups = new Map<string, FlowGroup>();
  for (const flow of flows) {
    const service = serviceOf({ ...flow, port: flow.destination.port });
    add(groups, `${flow.source.address} ${service} ${flow.outcome}`, service, flow);
  }
  return bundled([...groups.values()]).map(({ at, source, service, outcome, peers, count }) => {
    const [peer = ''] = peers;
    const whom = peers.size === 1 ? facts.namedBy(peer).name : `${peers.size} addresses`;
    const times = count === 1 ? '' : `, ${count} times`;
    const text = `${facts.namedBy(source).name} → ${whom}, ${service}, ${outcome}${times}`;
    return { at, kind: 'flow', text };
  });
}

function add(
  groups: Map<string, FlowGroup>,
  key: string,
  service: string,
  { source: { address: source }, destination, outcome, firstSeen }: StoredFlow,
): void {
  const known = groups.get(key);
  const group = known ?? { at: firstSeen, source, service, outcome, peers: new Set(), count: 0 };
  if (known === undefined) groups.set(key, group);
  group.at = Math.min(group.at, firstSeen);
  group.peers.add(destination.address);
  group.count += 1;
}

/** Many ports that one device tried once each are one entry, too. */
function bundled(groups: readonly FlowGroup[]): readonly FlowGroup[] {
  const isSingle = ({ outcome, count }: FlowGroup): boolean =>
    count === 1 && outcome !== 'answered';
  const bySource = new Map<string, FlowGroup[]>();
  for (const group of groups.filter(isSingle)) {
    const key = `${group.source} ${group.outcome}`;
    bySource.set(key, [...(bySource.get(key) ?? []), group]);
  }
  const bundles = [...bySource.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined || all.length <= TOLD_APART) return all;
    const peers = new Set(all.flatMap(({ peers: some }) => [...some]));
    const at = Math.min(...all.map((one) => one.at));
    return [{ ...first, at, peers, service: `${all.length} different ports`, count: all.length }];
  });
  return [...groups.filter((group) => !isSingle(group)), ...bundles];
}

export function expectationView(
  facts: SiteFacts,
  { expectation, hidden }: KnownExpectation,
): ExpectationView {
  const { id, at, until, by } = expectation;
  return {
    id,
    sentence: expectedText(expectation, facts.names),
    at,
    ...(until === undefined ? {} : { until }),
    by,
    hidden,
  };
}
