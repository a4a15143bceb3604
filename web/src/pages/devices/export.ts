import type { Page } from '../../../../src/model/api/common.ts';
import type { DeviceItem } from '../../../../src/model/api/site.ts';
import type { Query } from '../../api/client.ts';
import { get } from '../../api/client.ts';
import { say } from '../../parts/toast.tsx';
import { devices as de } from '../../words/de/devices.ts';
import { devices as en } from '../../words/en/devices.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

/** Saves the whole list, as the filter and the order have it, as a file. */
export async function exportDevices(form: 'csv' | 'json', query: Query): Promise<void> {
  say(t.exporting);
  try {
    const items = await everything(query);
    const text = form === 'csv' ? asCsv(items) : `${JSON.stringify(items, undefined, 2)}\n`;
    save(`devices.${form}`, text, form === 'csv' ? 'text/csv' : 'application/json');
    say('');
  } catch (error) {
    say('', error instanceof Error ? error.message : String(error));
  }
}

async function everything(query: Query): Promise<readonly DeviceItem[]> {
  const items: DeviceItem[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<DeviceItem> = await get('devices', { ...query, limit: 500, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return items;
}

const FIELDS = [
  'id',
  'name',
  'vendor',
  'model',
  'firmware',
  'kind',
  'category',
  'zone',
  'risk',
  'findings',
  'alerts',
  'unused',
  'needed',
  'known',
  'policy',
] as const;

/** RFC 4180. */
function asCsv(items: readonly DeviceItem[]): string {
  const head = [...FIELDS, 'addresses', 'macs', 'services', 'firstSeen', 'lastSeen'];
  const rows = items.map((item) => [
    ...FIELDS.map((field) => String(item[field])),
    item.addresses.join(' '),
    item.macs.join(' '),
    item.services
      .map(({ transport, port, protocol }) => `${transport}/${port} ${protocol}`)
      .join(', '),
    new Date(item.firstSeen).toISOString(),
    new Date(item.lastSeen).toISOString(),
  ]);
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** In quotes, and never the beginning of a formula: a device may call itself `=cmd()`. */
export function csvCell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}

function save(name: string, text: string, media: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: media }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
