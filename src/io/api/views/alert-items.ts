import type { Alert } from '../../../model/alert.ts';
import type { AlertItem } from '../../../model/api/alerts.ts';
import type { SiteFacts } from './site-facts.ts';

/** Devices of one alert that are named; a burst has up to 64. */
const NAMED = 64;

export function alertItem(facts: SiteFacts, alert: Alert): AlertItem {
  const { id, incident, first, last, severity, count, state, changedBy } = alert;
  const { peer, port, transport } = last;
  return {
    id,
    incident,
    type: last.type,
    severity,
    threat: last.threat,
    summary: facts.names.said(last, last.summary),
    devices: last.devices.slice(0, NAMED).map((key) => facts.namedBy(key)),
    ...(peer === undefined ? {} : { peer }),
    ...(port === undefined ? {} : { port }),
    ...(transport === undefined ? {} : { transport }),
    count,
    state,
    firstAt: first.at,
    lastAt: last.at,
    ...(changedBy === undefined ? {} : { changedBy }),
  };
}
