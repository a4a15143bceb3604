import type { JSX } from 'react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { Named } from '../../../src/model/api/common.ts';
import type { ChangeEvent } from '../../../src/model/api/site.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { usePages } from '../api/pages.ts';
import { CopyAs } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Since } from '../parts/since.tsx';
import { Time } from '../parts/time.tsx';
import { useSince } from '../since.ts';
import { changelog as de } from '../words/de/changelog.ts';
import { changelog as en } from '../words/en/changelog.ts';
import { inEnglish, words } from '../words/index.ts';
import { withoutName } from './overview/without-name.ts';

const t = words(en, de);

/** What came, went or became something else: devices, ports, and what was done. */
export function Page(): JSX.Element {
  const [filter, setFilter] = useParam('filter');
  const [sort, setSort] = useParam('sort', '-at');
  const [since, setSince] = useSince();
  const query = useMemo(() => ({ filter, sort, since }), [filter, sort, since]);
  const pages = usePages<ChangeEvent>('changelog', query);
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <Since value={since} onChange={setSince} />
      </header>
      <FilterBar
        resource="changelog"
        value={filter}
        onChange={setFilter}
        error={pages.error}
        total={pages.total}
        all={pages.all}
        views={VIEWS}
      />
      <DataTable
        name={t.title}
        pages={pages}
        columns={COLUMNS}
        rowKey={({ at, kind, device, text }) => `${at} ${kind} ${device?.id ?? ''} ${text}`}
        rowName={({ text }) => text}
        sort={sort}
        onSort={setSort}
        narrow={(event) => <Narrow event={event} />}
        empty={<p>{t.empty}</p>}
      />
      <CopyAs cli={`portolan diff ${dayOf(since)}`} api={apiUrl('changelog', query)} />
    </>
  );
}

const DAY_MS = 86_400_000;

/** As the command has it: `14d` is the date of that day. */
function dayOf(since: string): string {
  const days = /^(\d+)d$/.exec(since)?.[1];
  return days === undefined
    ? since
    : new Date(Date.now() - Number(days) * DAY_MS).toISOString().slice(0, 10);
}

function Narrow({ event }: { readonly event: ChangeEvent }): JSX.Element {
  const { at, device, kind, text } = event;
  return (
    <>
      <div className="folded-head">{device !== undefined && <DeviceLink device={device} />}</div>
      <p {...inEnglish}>{withoutName(text, device)}</p>
      <div className="folded-rest soft">
        <span>{t.kinds[kind]}</span>
        <Time at={at} />
      </div>
    </>
  );
}

function DeviceLink({ device }: { readonly device: Named }): JSX.Element {
  return (
    <Link href={`/devices/${encodeURIComponent(device.id)}?tab=history`} title={device.name}>
      {device.name}
    </Link>
  );
}

const VIEWS = (['port-opened', 'device-new', 'port-closed'] as const).map((kind) => ({
  name: t.kinds[kind],
  filter: `kind = ${kind}`,
}));

const COLUMNS: readonly Column<ChangeEvent>[] = [
  {
    id: 'device',
    head: t.device,
    sort: 'device',
    width: '18rem',
    cell: ({ device }) => device !== undefined && <DeviceLink device={device} />,
  },
  { id: 'kind', head: t.kind, sort: 'kind', width: '11rem', cell: ({ kind }) => t.kinds[kind] },
  {
    id: 'text',
    head: t.text,
    cell: ({ text, device }) => (
      <span title={text} {...inEnglish}>
        {withoutName(text, device)}
      </span>
    ),
  },
  { id: 'at', head: t.at, sort: 'at', width: '8rem', cell: ({ at }) => <Time at={at} /> },
];
