import { forCsv } from '../base/encode.ts';
import { isoInstant } from '../base/instant.ts';
import type { Untrusted } from '../base/untrusted.ts';
import type { Device } from '../model/device.ts';
import type { Report } from './report.ts';
import type { PortEntry } from './shared/view.ts';
import { answersOf, attribute, portsOf, rankFindings } from './shared/view.ts';

type Column = readonly [
  name: string,
  of: (entry: PortEntry, device: Device | undefined) => string | Untrusted,
];

const COLUMNS: readonly Column[] = [
  ['device_id', ({ device }) => device],
  ['device_name', (_, device) => device?.name ?? ''],
  ['addresses', (_, device) => device?.addresses.join(' ') ?? ''],
  ['macs', (_, device) => device?.macs.join(' ') ?? ''],
  ['vendor', (_, device) => (device === undefined ? '' : attribute(device, 'vendor'))],
  ['model', (_, device) => (device === undefined ? '' : attribute(device, 'model'))],
  ['category', (_, device) => device?.category ?? ''],
  ['direction', ({ direction }) => direction],
  ['transport', ({ transport }) => transport],
  ['port', ({ port }) => String(port)],
  ['protocol', ({ protocol }) => protocol],
  ['version', ({ service }) => service?.version ?? ''],
  ['over', ({ service }) => service?.over ?? ''],
  ['certainty', ({ service }) => service?.certainty ?? ''],
  ['access', ({ service }) => service?.access ?? ''],
  ['state', ({ service }) => service?.state ?? ''],
  ['open', (entry) => answersOf(entry)[0]?.answer ?? ''],
  ['used', (entry) => answersOf(entry)[1]?.answer ?? ''],
  ['needed', (entry) => answersOf(entry)[2]?.answer ?? ''],
  ['allowed', (entry) => answersOf(entry)[3]?.answer ?? ''],
  ['verdict', ({ row }) => row?.verdict ?? ''],
  ['advice', ({ row }) => row?.advice ?? ''],
  ['severity', ({ findings }) => rankFindings(findings)[0]?.severity ?? ''],
  [
    'findings',
    ({ findings }) =>
      rankFindings(findings)
        .map(({ id }) => id)
        .join(' '),
  ],
  ['first_seen', ({ service }) => timeOf(service?.firstSeen)],
  ['last_seen', ({ service }) => timeOf(service?.lastSeen)],
];

/** RFC 4180: a header, a record a port, CRLF. */
export const csv = {
  id: 'csv',
  title: 'One line a port with its four answers, for spreadsheets',
  extension: '.csv',
  *render(site) {
    const devices = new Map(site.devices.map((device) => [device.id, device]));
    yield record(COLUMNS.map(([name]) => name));
    for (const entry of portsOf(site)) {
      const device = devices.get(entry.device);
      yield record(COLUMNS.map(([, of]) => of(entry, device)));
    }
  },
} as const satisfies Report;

function record(fields: readonly (string | Untrusted)[]): string {
  return `${fields.map(forCsv).join(',')}\r\n`;
}

function timeOf(at: number | undefined): string {
  return at === undefined ? '' : isoInstant(at);
}
