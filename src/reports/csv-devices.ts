import { forCsv } from '../base/encode.ts';
import { isoInstant } from '../base/instant.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Report } from './report.ts';
import type { Card } from './shared/view.ts';
import { attribute, cardsOf } from './shared/view.ts';

const COLUMNS: readonly (readonly [name: string, of: (card: Card) => string | Untrusted])[] = [
  ['device_id', ({ device }) => device.id],
  ['name', ({ device }) => device.name],
  ['addresses', ({ device }) => device.addresses.join(' ')],
  ['macs', ({ device }) => device.macs.join(' ')],
  ['vendor', ({ device }) => attribute(device, 'vendor')],
  ['model', ({ device }) => attribute(device, 'model')],
  ['kind', ({ device }) => attribute(device, 'kind')],
  ['firmware', ({ device }) => attribute(device, 'firmware')],
  ['serial', ({ device }) => attribute(device, 'serial')],
  ['os', ({ device }) => attribute(device, 'os')],
  ['category', ({ device }) => device.category],
  ['robustness', ({ device }) => device.robustness],
  ['behind', ({ device }) => device.behind ?? ''],
  [
    'open_ports',
    ({ ports }) => String(ports.filter(({ service }) => service?.state === 'open').length),
  ],
  ['findings', ({ findings }) => String(findings.length)],
  ['worst_severity', ({ findings }) => findings[0]?.severity ?? ''],
  ['conflicts', ({ device }) => device.conflicts.join('; ')],
  ['first_seen', ({ device }) => isoInstant(device.firstSeen)],
  ['last_seen', ({ device }) => isoInstant(device.lastSeen)],
];

/** RFC 4180: a header, a record a device, CRLF. */
export const csvDevices = {
  id: 'csv-devices',
  title: 'One line a device, for spreadsheets and inventories',
  extension: '.devices.csv',
  *render(site) {
    yield record(COLUMNS.map(([name]) => name));
    for (const card of cardsOf(site)) yield record(COLUMNS.map(([, of]) => of(card)));
  },
} as const satisfies Report;

function record(fields: readonly (string | Untrusted)[]): string {
  return `${fields.map(forCsv).join(',')}\r\n`;
}
