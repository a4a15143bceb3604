import type { Alert, Signal } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import { compareSeverity, SEVERITIES } from '../model/core.ts';
import type { Known } from './book.ts';
import type { Stage } from './kinds.ts';
import { bringsAbout, kindOf, STEPS, spanText } from './kinds.ts';

/** Milliseconds within which what is related by its cause is one incident. */
export const INCIDENT_WINDOW = 30 * 60_000;
/** Devices that do the same with the same peer are a spread. */
const SPREAD = 3;

/** How a signal belongs to an alert that is there already; undefined where it does not. */
export type Relation = 'same actor' | 'its target' | 'newcomer' | 'same peer';

export function relationOf(signal: Signal, alert: Alert): Relation | undefined {
  const [actor = ''] = signal.devices;
  const { devices, peer, type } = alert.last;
  if (actor !== '' && actor === devices[0]) return 'same actor';
  const isTarget = devices.slice(1).includes(actor) || (peer !== undefined && peer === actor);
  if (isTarget && STEPS.includes(kindOf(type).stage)) return 'its target';
  // Whatever a device that just came takes part in is its doing, by whoever it is told.
  const isNewcomers =
    kindOf(type).stage === 'newcomer' && signal.devices.includes(devices[0] ?? '');
  if (isNewcomers) return 'newcomer';
  return peer !== undefined && peer === signal.peer && type === signal.type
    ? 'same peer'
    : undefined;
}

/**
 * Whether they are near in time. A cause that goes on is near to its effect however long ago it was
 * signalled: that is, for as long as its alert is not over.
 */
function isNear(signal: Signal, { state, last }: Alert, relation: Relation): boolean {
  if (Math.abs(signal.at - last.at) <= INCIDENT_WINDOW) return true;
  const isItsOwn = relation === 'same actor' || relation === 'its target';
  const isOn = state !== 'resolved' && kindOf(last.type).ending.how === 'quiet';
  return isItsOwn && isOn && signal.at > last.at && bringsAbout(last.type, signal.type);
}

/** The incident that a signal joins: the one that moved last of those that it is related to. */
export function incidentFor(signal: Signal, open: Iterable<Known>): string | undefined {
  let best: Alert | undefined;
  for (const { alert } of open) {
    if (best !== undefined && best.last.at >= alert.last.at) continue;
    const relation = relationOf(signal, alert);
    if (relation !== undefined && isNear(signal, alert, relation)) best = alert;
  }
  return best?.incident;
}

export interface Judged {
  readonly severity: Severity;
  /** Why it is more than the signal's own. */
  readonly raised: readonly string[];
}

/** What came before in the same incident makes a signal more severe, by one step at most. */
export function judge(signal: Signal, incident: readonly Known[]): Judged {
  const reason = stepReason(signal, incident) ?? spreadReason(signal, incident);
  const { severity } = signal;
  if (reason === undefined || severity === 'info') return { severity, raised: [] };
  const next = SEVERITIES[SEVERITIES.indexOf(severity) + 1];
  return next === undefined ? { severity, raised: [] } : { severity: next, raised: [reason] };
}

/** A step that follows an earlier one: a search, and then somebody logs in. */
function stepReason(signal: Signal, incident: readonly Known[]): string | undefined {
  const step = rankOf(kindOf(signal.type).stage);
  const before = incident.find(({ alert }) => {
    const rank = rankOf(kindOf(alert.last.type).stage);
    const relation = relationOf(signal, alert);
    return rank >= 0 && rank < step && (relation === 'same actor' || relation === 'its target');
  });
  if (before === undefined) return undefined;
  const { first, id, last } = before.alert;
  const whose =
    relationOf(signal, before.alert) === 'same actor' ? 'of the same device' : 'against it';
  const ago = spanText(Math.max(0, signal.at - first.at));
  return `it follows ${last.type} ${whose} ${ago} before (${id})`;
}

function spreadReason(signal: Signal, incident: readonly Known[]): string | undefined {
  if (signal.peer === undefined) return undefined;
  const actors = new Set(
    incident
      .filter(({ alert }) => relationOf(signal, alert) === 'same peer')
      .map(({ alert }) => alert.last.devices[0]),
  ).add(signal.devices[0]);
  return actors.size < SPREAD ? undefined : `${actors.size} devices do the same with one peer`;
}

function rankOf(stage: Stage): number {
  return STEPS.indexOf(stage);
}

/**
 * The worst of an incident that somebody was told of within the window, or of which this is the
 * effect; undefined: of none.
 */
export function toldOf(
  signal: Signal,
  incident: readonly Known[],
  at: number,
): Severity | undefined {
  let worst: Severity | undefined;
  for (const { toldAt, toldSeverity, alert } of incident) {
    if (toldAt === undefined || toldSeverity === undefined) continue;
    const relation = relationOf(signal, alert);
    const isEffect = relation !== undefined && isNear(signal, alert, relation);
    const isLong = at - Math.max(toldAt, alert.last.at) > INCIDENT_WINDOW;
    if (isLong && !isEffect) continue;
    if (worst === undefined || compareSeverity(toldSeverity, worst) > 0) worst = toldSeverity;
  }
  return worst;
}
