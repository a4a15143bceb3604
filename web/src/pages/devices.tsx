import type { JSX } from 'react';
import { useCallback, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { DeviceItem } from '../../../src/model/api/site.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { usePages } from '../api/pages.ts';
import { useColumns } from '../parts/columns.ts';
import { CopyAs, listed } from '../parts/copy.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Menu } from '../parts/menu.tsx';
import type { GivenView } from '../parts/views-menu.tsx';
import { usePref } from '../prefs.ts';
import { devices as de } from '../words/de/devices.ts';
import { parts as deParts } from '../words/de/parts.ts';
import { devices as en } from '../words/en/devices.ts';
import { parts as enParts } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Bulk } from './devices/bulk.tsx';
import { DETAILED, DeviceLines, SIMPLE } from './devices/columns.tsx';
import { exportDevices } from './devices/export.ts';
import './devices/devices.css';

const t = words(en, de);
const parts = words(enParts, deParts);

const GROUPS = ['none', 'zone', 'vendor', 'category'] as const;
type Group = (typeof GROUPS)[number];

const TITLE: Readonly<Record<Exclude<Group, 'none'>, (row: DeviceItem) => string>> = {
  zone: (row) => row.zone || parts.unknown,
  vendor: (row) => row.vendor || parts.unknown,
  category: (row) => parts.category[row.category],
};

const LIST = { resource: 'devices', command: 'portolan devices', usual: '-risk' };

const VIEWS: readonly GivenView[] = [
  { name: t.given.risky, filter: 'risk >= high' },
  { name: t.given.unused, filter: 'service.unused > 0' },
  { name: t.given.outside, filter: 'reachable = yes' },
  { name: t.given.recent, filter: 'firstSeen > -7d' },
  { name: t.given.strange, filter: 'category = unknown' },
];

/** Who is there: every device, as the filter leaves them. */
export function Page(): JSX.Element {
  const [filter, setFilter] = useParam('filter');
  const [sort, setSort] = useParam('sort', '-risk');
  const [wish, setGroup] = useParam('group', 'none');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const group = GROUPS.find((one) => one === wish) ?? 'none';
  const order = group === 'none' ? sort : group;
  const query = useMemo(() => ({ filter, sort: order }), [filter, order]);
  const pages = usePages<DeviceItem>('devices', query);
  const detail = usePref('detail');
  const { columns, menu } = useColumns(
    `devices.${detail}`,
    detail === 'simple' ? SIMPLE : DETAILED,
  );
  const onFilter = useCallback(
    (next: string) => {
      setSelected(new Set());
      setFilter(next);
    },
    [setFilter],
  );
  return (
    <>
      <div className="page-head">
        <h1>{t.title}</h1>
        <div className="page-actions">
          <span className="table-only">
            <Menu label={parts.columns} items={menu} stays />
          </span>
          <Menu
            label={group === 'none' ? t.group : t.groups[group]}
            name={t.group}
            items={GROUPS.map((one) => ({
              label: t.groups[one],
              checked: one === group,
              run: () => setGroup(one),
            }))}
          />
          <Menu
            label={t.export}
            items={(['csv', 'json'] as const).map((form) => ({
              label: form.toUpperCase(),
              run: () => void exportDevices(form, query),
            }))}
          />
        </div>
      </div>
      <FilterBar
        resource="devices"
        value={filter}
        onChange={onFilter}
        error={pages.error}
        total={pages.total}
        all={pages.all}
        views={VIEWS}
      />
      {selected.size > 0 && <Bulk ids={selected} onDone={() => setSelected(new Set())} />}
      <DataTable
        name={t.title}
        pages={pages}
        columns={columns}
        rowKey={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={({ id }) => `/devices/${encodeURIComponent(id)}`}
        sort={order}
        onSort={(next) => {
          setGroup('none');
          setSort(next);
        }}
        select={{ keys: selected, onChange: setSelected }}
        group={group === 'none' ? undefined : TITLE[group]}
        narrow={(row) => <DeviceLines row={row} />}
        empty={
          <p>
            {t.none} <Link href="/scans">{t.scanNow}</Link>
          </p>
        }
      />
      <CopyAs cli={listed(LIST, filter, order)} api={apiUrl('devices', query)} />
    </>
  );
}
