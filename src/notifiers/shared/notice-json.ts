import { forJson } from '../../base/encode.ts';
import type { Alert } from '../../model/alert.ts';
import type { FormatContext, Notice } from '../notifier.ts';
import { line, octets } from './text.ts';
import { deviceOf, isoMillis, severityOf, timeOf, titleOf, whoOf } from './words.ts';

const TYPES = {
  opened: 'alert.created',
  worse: 'alert.worse',
  resolved: 'alert.resolved',
  digest: 'alert.digest',
  test: 'test',
} as const;

/**
 * A notice for programs, as every sink that takes JSON gets it.
 *
 * @param cap octets; alerts that do not fit are counted in `more`
 */
export function noticeJson(notice: Notice, context: FormatContext, cap: number): string {
  const alerts: object[] = [];
  let room = cap - 1024;
  for (const alert of notice.alerts) {
    const one = alertJson(alert, notice);
    room -= octets(forJson(one)) + 1;
    if (room < 0) break;
    alerts.push(one);
  }
  return forJson({
    schema: 'portolan/notice/v1',
    type: TYPES[notice.kind],
    timestamp: isoMillis(timeOf(notice, context)),
    id: line(notice.id, 200),
    data: {
      severity: severityOf(notice),
      title: line(titleOf(notice), 200),
      alerts,
      more: (notice.more ?? 0) + notice.alerts.length - alerts.length,
      ...(notice.link === undefined ? {} : { url: notice.link }),
    },
  });
}

function alertJson(alert: Alert, notice: Notice): object {
  const { last, first } = alert;
  const device = deviceOf(last, notice);
  return {
    id: alert.id,
    incident: alert.incident,
    type: last.type,
    severity: alert.severity,
    threat: last.threat,
    state: alert.state,
    first: isoMillis(first.at),
    last: isoMillis(last.at),
    count: alert.count,
    device: {
      key: line(last.devices[0] ?? '', 100),
      name: whoOf(last, notice),
      ...(device === undefined ? {} : { id: device.id, addresses: device.addresses.slice(0, 4) }),
    },
    devices: last.devices.slice(0, 8).map((key) => line(key, 100)),
    ...(last.peer === undefined ? {} : { peer: line(last.peer, 255) }),
    ...(last.port === undefined ? {} : { port: last.port }),
    ...(last.transport === undefined ? {} : { transport: last.transport }),
    summary: line(last.summary, 400),
    usual: line(last.usual, 400),
    remedy: line(last.remedy, 400),
    facts: last.evidence.facts
      .slice(0, 8)
      .map(({ name, value }) => ({ name: line(name, 80), value: line(value, 120) })),
    flows: last.evidence.flows.slice(0, 8),
    dedup: line(last.key, 200),
  };
}
