import { isoInstant, utcText } from '../../base/instant.ts';
import type { Alert, Signal } from '../../model/alert.ts';
import type { Instant, Severity } from '../../model/core.ts';
import { compareSeverity, SEVERITIES } from '../../model/core.ts';
import { spoken } from '../../model/spoken.ts';
import type { FormatContext, Notice, NoticeDevice } from '../notifier.ts';
import { line } from './text.ts';

/** Characters of a name in a sentence. */
const NAME = 80;
/** Characters of a sentence of a detector. */
const SENTENCE = 400;

/** `New port: Front camera`, `Digest: 12 alerts, 3 high`: what a phone shows. One line, foreign parts in it. */
export function titleOf(notice: Notice): string {
  if (notice.kind === 'test') return 'Test message of Portolan';
  if (notice.kind === 'digest') return `Digest: ${tally(notice)}`;
  const alert = firstOf(notice);
  if (alert === undefined) return 'Portolan';
  const before = { opened: '', worse: 'Worse: ', resolved: 'Over: ' }[notice.kind];
  const others = notice.alerts.length > 1 ? ` (+${notice.alerts.length - 1})` : '';
  const who = whoOf(alert.last, notice);
  return `${before}${typeWords(alert.last.type)}${who === '' ? '' : `: ${who}`}${others}`;
}

/** `port_scan_vertical` → `Port scan vertical`: words of ours alone. */
export function typeWords(type: string): string {
  const words = line(type.replaceAll(/[_-]/g, ' '), NAME);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** What the device of a signal is called, or its address. */
export function whoOf(signal: Signal, notice: Notice): string {
  const [key = ''] = signal.devices;
  return line(notice.names.get(key) ?? notice.devices?.get(key)?.name ?? key, NAME);
}

/** As people read it: by the names of devices, in quotes. */
function named(signal: Signal, text: string, notice: Notice): string {
  return spoken(signal, text, (key) => {
    const name = notice.names.get(key) ?? notice.devices?.get(key)?.name;
    return name === undefined ? undefined : `"${line(name, NAME)}"`;
  });
}

export function deviceOf(signal: Signal, notice: Notice): NoticeDevice | undefined {
  return notice.devices?.get(signal.devices[0] ?? '');
}

/** What is said of one alert, most important first: each a line, foreign parts in it. */
export function linesOf(alert: Alert, notice: Notice): readonly string[] {
  const { last } = alert;
  const lines = [
    named(last, last.summary, notice),
    named(last, last.usual, notice),
    `Device: ${whoOf(last, notice)}`,
    `Severity: ${alert.severity}${reasonsOf(alert)}`,
    ...(last.unseen.length === 0 ? [] : [`Not seen: ${last.unseen.join('; ')}`]),
    ...(notice.kind === 'resolved' ? [] : [`Do: ${named(last, last.remedy, notice)}`]),
    `Alert ${alert.id}, incident ${alert.incident}, ${utcText(last.at)}, ${alert.count} times`,
  ];
  return lines.filter((text) => text !== '').map((text) => line(text, SENTENCE));
}

/** All that a message says below its title. */
export function bodyLines(notice: Notice, context: FormatContext): readonly string[] {
  if (notice.kind === 'test') {
    return [
      `This is a test from ${line(context.host, NAME)}, ${utcText(context.now)}: notifications arrive here.`,
    ];
  }
  const [only] = notice.alerts;
  const lines =
    notice.alerts.length === 1 && only !== undefined
      ? linesOf(only, notice)
      : notice.alerts.map(
          (alert) =>
            `${alert.severity}: ${line(named(alert.last, alert.last.summary, notice), SENTENCE)} (${whoOf(alert.last, notice)}, ${alert.id})`,
        );
  const more = notice.more ?? 0;
  return [
    ...lines,
    ...(more > 0 ? [`${more} further alerts: portolan alerts`] : []),
    ...(notice.link === undefined ? [] : [notice.link]),
  ];
}

/** The worst of those that it is about. */
export function severityOf(notice: Notice): Severity {
  return notice.alerts.reduce<Severity>(
    (worst, { severity }) => (compareSeverity(severity, worst) > 0 ? severity : worst),
    'info',
  );
}

/** When what is told happened; for a test, now. */
export function timeOf(notice: Notice, context: FormatContext): Instant {
  if (notice.alerts.length === 0) return context.now;
  return Math.max(...notice.alerts.map(({ last, changedAt }) => Math.max(last.at, changedAt)));
}

/** `2026-11-25T14:03:07.042Z` (RFC 3339). */
export function isoMillis(at: Instant): string {
  const millis = ((Math.floor(at) % 1000) + 1000) % 1000;
  return isoInstant(at).replace('Z', `.${String(millis).padStart(3, '0')}Z`);
}

export function firstOf({ alerts }: Notice): Alert | undefined {
  return alerts[0];
}

function tally({ alerts, more = 0 }: Notice): string {
  const parts = SEVERITIES.toReversed().flatMap((level) => {
    const many = alerts.filter(({ severity }) => severity === level).length;
    return many === 0 ? [] : [`${many} ${level}`];
  });
  const all = alerts.length + more;
  return `${all} ${all === 1 ? 'alert' : 'alerts'}, ${parts.join(', ')}`;
}

function reasonsOf({ last, raised }: Alert): string {
  const reasons = [...last.reasons, ...(raised ?? [])];
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}
