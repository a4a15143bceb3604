import type { Alert } from '../../model/alert.ts';
import { compareSeverity } from '../../model/core.ts';
import type { Notice } from '../../notifiers/notifier.ts';

export const HOUR = 3_600_000;
/**
 * Notices of a channel in an hour that are sent as they are. What comes beyond is put together for
 * ten minutes, which makes six more: never more than 60 in an hour, whoever makes them.
 */
export const DIRECT = 54;
/** Milliseconds for which they are put together. */
export const HOLD = 600_000;
/** Of the ids of such notices. */
export const DIGEST_PREFIX = 'over-';
/** Alerts in one; the others are counted, and the store has them all. */
const MOST = 100;

export function digestOf(notice: Notice): Notice {
  return { ...notice, id: `${DIGEST_PREFIX}${notice.id}`, kind: 'digest' };
}

/** The worst first; an alert that is in both is there once, as it was last. */
export function merged(waiting: Notice, notice: Notice): Notice {
  const byId = new Map<string, Alert>();
  for (const alert of [...waiting.alerts, ...notice.alerts]) byId.set(alert.id, alert);
  const all = [...byId.values()].sort((a, b) => compareSeverity(b.severity, a.severity));
  const left = all.length - MOST;
  const more = (waiting.more ?? 0) + (notice.more ?? 0) + Math.max(left, 0);
  return {
    ...waiting,
    kind: 'digest',
    alerts: all.slice(0, MOST),
    names: new Map([...waiting.names, ...notice.names]),
    devices: new Map([...(waiting.devices ?? []), ...(notice.devices ?? [])]),
    ...(more > 0 ? { more } : {}),
  };
}
