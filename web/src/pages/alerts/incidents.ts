import type { AlertItem } from '../../../../src/model/api/alerts.ts';
import type { Severity } from '../../../../src/model/core.ts';

const RANK: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/** Alerts of one incident among those that are shown. */
export interface Incident {
  readonly id: string;
  /** The worst, and of those the newest: it speaks for the others. */
  readonly lead: AlertItem;
  readonly alerts: readonly AlertItem[];
  readonly lastAt: number;
}

/** In the order in which the list has the first alert of each. */
export function incidentsOf(alerts: readonly AlertItem[]): readonly Incident[] {
  const byId = new Map<string, AlertItem[]>();
  for (const alert of alerts) {
    const members = byId.get(alert.incident);
    if (members === undefined) byId.set(alert.incident, [alert]);
    else members.push(alert);
  }
  return [...byId].flatMap(([id, members]) => {
    const [lead] = members.toSorted(
      (a, b) => RANK[b.severity] - RANK[a.severity] || b.lastAt - a.lastAt,
    );
    if (lead === undefined) return [];
    return [{ id, lead, alerts: members, lastAt: Math.max(...members.map((one) => one.lastAt)) }];
  });
}
