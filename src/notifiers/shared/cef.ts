import { shownAddress } from '../../base/address.ts';
import type { Alert } from '../../model/alert.ts';
import type { Severity } from '../../model/core.ts';
import type { FormatContext, Notice } from '../notifier.ts';
import { line } from './text.ts';
import { deviceOf, typeWords, whoOf } from './words.ts';

/** 0 … 10. */
const LEVEL: Readonly<Record<Severity, number>> = {
  info: 1,
  low: 3,
  medium: 5,
  high: 8,
  critical: 10,
};

/** One alert in ArcSight's Common Event Format, version 0; keys of its dictionary. */
export function cefEvent(alert: Alert, notice: Notice, { version }: FormatContext): string {
  const header = [
    'CEF:0',
    'Portolan',
    'Portolan',
    version,
    alert.last.type,
    typeWords(alert.last.type),
    String(LEVEL[alert.severity]),
  ].map(headerField);
  const extension = fieldsOf(alert, notice)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${extensionValue(value)}`);
  return `${header.join('|')}|${extension.join(' ')}`;
}

/** What goes first is kept where the whole does not fit; `msg` is the longest. */
function fieldsOf(alert: Alert, notice: Notice): readonly (readonly [string, string])[] {
  const { last } = alert;
  const device = deviceOf(last, notice);
  const keys = last.devices.slice(0, 1);
  const isMac = (key: string): boolean => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(key);
  const address = shownAddress(device?.addresses ?? []) ?? keys.find((key) => !isMac(key)) ?? '';
  const peerKey = last.peer !== undefined && isAddress(last.peer) ? 'dst' : 'dhost';
  return [
    ['rt', String(last.at)],
    ['externalId', alert.id],
    ['cat', last.threat],
    ['act', notice.kind],
    [isAddress(address) ? 'src' : 'sourceServiceName', address],
    ['smac', device?.macs[0] ?? keys.find(isMac) ?? ''],
    ['shost', whoOf(last, notice)],
    [peerKey, line(last.peer ?? '', 255)],
    ['dpt', last.port === undefined ? '' : String(last.port)],
    ['proto', last.transport?.toUpperCase() ?? ''],
    ['cnt', String(alert.count)],
    ['cs1Label', 'incident'],
    ['cs1', alert.incident],
    ['cs2Label', 'state'],
    ['cs2', alert.state],
    ['request', notice.link ?? ''],
    ['msg', line(last.summary, 400)],
  ];
}

/** IPv4 or IPv6, loosely: which key it goes under, nothing else. */
function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text);
}

/** In the header the bar separates: it and the backslash are escaped. */
function headerField(text: string, index: number): string {
  if (index === 0) return text;
  return line(text, 255).replace(/[\\|]/g, (character) => `\\${character}`);
}

/** In the extension `=` separates; line breaks are gone already. */
function extensionValue(text: string): string {
  return line(text, 1000).replace(/[\\=]/g, (character) => `\\${character}`);
}
