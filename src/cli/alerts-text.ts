import type { Containment } from '../alerts/contain.ts';
import { containment } from '../alerts/contain.ts';
import { eventText } from '../alerts/event-text.ts';
import type { Names } from '../alerts/names.ts';
import { forTerminal } from '../base/encode.ts';
import { detectors } from '../detectors/index.ts';
import { wiresharkFilter } from '../io/alerts/subject.ts';
import type { Alert, Signal } from '../model/alert.ts';
import type { AlertEvent } from '../model/alert-event.ts';
import { count, timeText } from './format.ts';
import type { Shell } from './shell.ts';
import { paint, severityStyle, severityText } from './table.ts';

/** Frames that are named; a range where they follow each other. */
const RANGES = 6;

/** All that is known of one alert, as a person reads it: what, how unusual, proof, what to do. */
export function alertText(
  shell: Shell,
  alert: Alert,
  more: { readonly names: Names; readonly incident: readonly Alert[]; readonly log: LogEvents },
): string {
  const { last, first, severity } = alert;
  const { names } = more;
  const head = `${severityText(shell, severity)}  ${alert.id}  ${titleOf(last.type)}  ${timeText(shell, first.at)}`;
  const rows: (readonly [string, string])[] = [
    ['', names.said(last, last.summary)],
    ['', names.said(last, last.usual)],
    [
      'Who',
      last.devices
        .slice(0, 8)
        .map((key) => names.text(key))
        .join('; '),
    ],
    ['Peer', peerText(last, names)],
    ['How often', `${count(alert.count, 'time')}, last ${timeText(shell, last.at)}`],
    ['Evidence', evidenceText(last)],
    ...last.evidence.facts.map(({ name, value }) => ['', `${name}: ${value}`] as const),
    [`Why ${severity}`, [...last.reasons, ...(alert.raised ?? [])].join('; ')],
    ['Not seen', last.unseen.join('; ')],
    ['Do', names.said(last, last.remedy)],
    ['', containText(last, names)],
    ['', `If it is right so: portolan alerts expect ${alert.id} --for 30d`],
    ['State', stateText(shell, alert)],
    ['Incident', incidentText(alert, more.incident)],
    ...logRows(shell, more.log),
    ['Wireshark', wiresharkFilter(last, names)],
  ];
  const lines = rows
    .filter(([, text]) => text !== '')
    .map(([what, text]) => `  ${what.padEnd(12)}${forTerminal(text)}`);
  const title = paint(shell, severityStyle(severity), forTerminal(head));
  return `${[title, ...lines].join('\n')}\n`;
}

export type LogEvents = readonly AlertEvent[];

/** The detector's own words for a type; where several give it, the type itself. */
export function titleOf(type: string): string {
  const [one, ...more] = detectors.all.filter(({ types }) => types.includes(type));
  return one === undefined || more.length > 0 ? type.replaceAll('_', ' ') : one.title;
}

/** The prepared command; it ends by itself. */
export function containCommand(signal: Signal, names: Names): string | undefined {
  const how: Containment = containment(signal);
  const [actor = ''] = signal.devices;
  const device = names.device(actor)?.id ?? actor;
  // A MAC or an address of ours, or an id: nothing that a shell would read.
  if (!('words' in how) || !/^[\w.:-]+$/.test(device)) return undefined;
  return ['portolan contain', device, ...how.words, '--for 1h'].join(' ');
}

function containText(signal: Signal, names: Names): string {
  const command = containCommand(signal, names);
  if (command !== undefined) return `Block it for an hour: ${command}`;
  const how = containment(signal);
  return 'why' in how ? `Not to be blocked: ${how.why}` : '';
}

function peerText({ peer, port, transport }: Signal, names: Names): string {
  const service = port === undefined ? '' : `${transport ?? 'port'}/${port}`;
  return [peer === undefined ? '' : names.text(peer), service].filter(Boolean).join(' ');
}

function evidenceText({ evidence }: Signal): string {
  const frames = framesText(evidence.frames);
  return [
    count(evidence.count, 'observation'),
    ...(frames === '' ? [] : [`frames ${frames} of the capture`]),
    ...(evidence.flows.length === 0 ? [] : [`flows ${evidence.flows.slice(0, 4).join(', ')}`]),
  ].join(' · ');
}

/** `101–114, 120`. */
export function framesText(frames: readonly number[]): string {
  const sorted = [...new Set(frames)].sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const frame of sorted) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === frame - 1) range[1] = frame;
    else ranges.push([frame, frame]);
  }
  const shown = ranges.slice(0, RANGES).map(([a, b]) => (a === b ? `${a}` : `${a}–${b}`));
  return [...shown, ...(ranges.length > RANGES ? ['…'] : [])].join(', ');
}

export function stateText(shell: Shell, alert: Alert): string {
  const { state, snoozedUntil, changedBy, note } = alert;
  const until = state === 'snoozed' ? ` until ${timeText(shell, snoozedUntil)}` : '';
  const who = changedBy === undefined || state === 'open' ? '' : ` by ${changedBy}`;
  return `${state}${until}${who}${note === undefined ? '' : `: ${note}`}`;
}

function incidentText({ id, incident }: Alert, members: readonly Alert[]): string {
  const others = members.filter((one) => one.id !== id);
  if (others.length === 0) return '';
  const words = others.slice(0, 8).map((one) => `${one.id} ${one.last.type}`);
  return `${incident}, with ${words.join(', ')}${others.length > 8 ? ' and more' : ''}`;
}

function logRows(shell: Shell, log: LogEvents): readonly (readonly [string, string])[] {
  return log
    .filter(({ kind }) => kind !== 'repeated')
    .slice(-12)
    .map((event, index) => [
      index === 0 ? 'Log' : '',
      `${timeText(shell, event.at)}  ${logText(event)}`,
    ]);
}

/** That it was told is our own doing: by which way says more than by whom. */
function logText(event: AlertEvent): string {
  if (event.kind === 'told') return eventText(event);
  const note = 'note' in event && event.note !== '' ? `: ${event.note}` : '';
  return `${event.kind} by ${event.by}${note}`;
}
