import { z } from 'zod';
import type { Alert } from '../model/alert.ts';
import type { Severity } from '../model/core.ts';
import type { FormatContext, Notice, Notifier } from './notifier.ts';
import { cefEvent } from './shared/cef.ts';
import { address, file } from './shared/settings.ts';
import { cut, line, octets } from './shared/text.ts';
import { bodyLines, isoMillis, typeWords, whoOf } from './shared/words.ts';

/** Octets of a message: what receivers should take (RFC 5426 §3.2; RFC 5425 §4.3.1 for TLS). */
const MOST = 2048;
/** Messages of one notice: a digest holds so many alerts. */
const MESSAGES = 100;
/** `local0` … `local7` are 16 … 23 (RFC 5424 §6.2.1). */
const LOCAL0 = 16;
/** No number of our own is assigned; 32473 is the one for documents (RFC 5612). */
const SD_ID = 'portolan@32473';

/** Numerical severities of RFC 5424 table 2. */
const LEVEL: Readonly<Record<Severity, number>> = {
  info: 6,
  low: 5,
  medium: 4,
  high: 3,
  critical: 2,
};

const settings = z.strictObject({
  type: z.literal('syslog'),
  /** `udp://host:514`, `tcp://host:601`, `tls://host:6514`. */
  url: address('tls', 'tcp', 'udp'),
  format: z.enum(['cef', 'plain']).default('cef'),
  facility: z
    .enum(['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'])
    .default('local0'),
  /** Certificate authority of one's own (PEM). */
  ca_file: z.exactOptional(file),
  /** What we show ourselves, where the receiver asks for it (RFC 5425 §4.2.1). */
  cert_file: z.exactOptional(file),
  key_file: z.exactOptional(file),
});

type Settings = z.infer<typeof settings>;

/** One message an alert; how they are told apart on the wire is the shell's business. */
export const syslog = {
  id: 'syslog',
  title: 'Syslog (RFC 5424), CEF or plain',
  sources: [
    'RFC 5424 §6 (format), §6.3.3 (escapes)',
    'RFC 5426 (UDP), RFC 6587 §3.4.1 (TCP, octet counting), RFC 5425 (TLS)',
    'ArcSight Common Event Format, revision 16 (2010-07-22): header and extension escapes',
  ],
  settings,
  format: (notice, { format, facility }, context) => {
    const say = (alert: Alert): string =>
      format === 'cef' ? cefEvent(alert, notice, context) : plainText(alert, notice);
    const head = { facility: LOCAL0 + Number(facility.slice(-1)), context };
    const messages = notice.alerts.slice(0, MESSAGES).map((alert) =>
      message({
        ...head,
        severity: alert.severity,
        at: alert.last.at,
        kind: notice.kind,
        elements: elementsOf(alert, notice),
        text: say(alert),
      }),
    );
    return { kind: 'syslog', messages: [...messages, ...rest(notice, head, messages.length)] };
  },
} as const satisfies Notifier<Settings>;

interface Head {
  readonly facility: number;
  readonly context: FormatContext;
}

/** The test, and what did not fit. */
function rest(notice: Notice, head: Head, said: number): readonly string[] {
  const left = notice.alerts.length - said + (notice.more ?? 0);
  const words = notice.kind === 'test' ? bodyLines(notice, head.context).join(' ') : '';
  const text = left > 0 ? `${left} further alerts: portolan alerts` : words;
  if (text === '') return [];
  const { now } = head.context;
  return [message({ ...head, severity: 'info', at: now, kind: notice.kind, elements: [], text })];
}

interface Message extends Head {
  readonly severity: Severity;
  readonly at: number;
  readonly kind: string;
  readonly elements: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

function message({ facility, context, severity, at, kind, elements, text }: Message): string {
  const head = [
    `<${facility * 8 + LEVEL[severity]}>1`,
    isoMillis(at),
    printable(context.host, 255),
    'portolan',
    String(context.pid),
    printable(kind.toUpperCase(), 32),
    structured(elements),
  ].join(' ');
  return `${head} ${shortened(text, MOST - octets(head) - 1)}`;
}

/** HOSTNAME, MSGID: printable US-ASCII without a space, `-` for nothing (RFC 5424 §6). */
function printable(text: string, cap: number): string {
  const clean = text.replaceAll(/[^!-~]/g, '_').slice(0, cap);
  return clean === '' ? '-' : clean;
}

function structured(elements: Message['elements']): string {
  if (elements.length === 0) return '-';
  const values = elements.map(([name, value]) => ` ${name}="${escaped(line(value, 120))}"`);
  return `[${SD_ID}${values.join('')}]`;
}

/** RFC 5424 §6.3.3: these three, and no others. */
function escaped(value: string): string {
  return value.replace(/["\\\]]/g, (character) => `\\${character}`);
}

function elementsOf(alert: Alert, notice: Notice): Message['elements'] {
  return [
    ['id', alert.id],
    ['sev', alert.severity],
    ['type', alert.last.type],
    ['device', notice.devices?.get(alert.last.devices[0] ?? '')?.id ?? alert.last.devices[0] ?? ''],
    ['incident', alert.incident],
  ];
}

function plainText(alert: Alert, notice: Notice): string {
  const over = notice.kind === 'resolved' ? 'Over: ' : '';
  return line(
    `${over}${typeWords(alert.last.type)}: ${whoOf(alert.last, notice)}: ${alert.last.summary}`,
    1000,
  );
}

function shortened(text: string, room: number): string {
  let short = text;
  for (let cap = room; octets(short) > room; cap = Math.floor(cap * 0.8)) short = cut(text, cap);
  return short;
}
