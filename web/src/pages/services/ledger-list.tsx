import type { JSX } from 'react';
import { useMemo } from 'react';
import { Link } from 'wouter';
import type { LedgerItem } from '../../../../src/model/api/site.ts';
import { useParam } from '../../address.ts';
import { apiUrl } from '../../api/client.ts';
import { usePages } from '../../api/pages.ts';
import { Answer } from '../../parts/answer.tsx';
import type { Choosable } from '../../parts/columns.ts';
import { useColumns } from '../../parts/columns.ts';
import { CopyAs, listed } from '../../parts/copy.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { FilterBar } from '../../parts/filter-bar.tsx';
import { Menu } from '../../parts/menu.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import type { GivenView } from '../../parts/views-menu.tsx';
import { parts as deParts } from '../../words/de/parts.ts';
import { services as de } from '../../words/de/services.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { services as en } from '../../words/en/services.ts';
import { inEnglish, words } from '../../words/index.ts';
import { protocolOf } from './cells.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

const question = (id: 'open' | 'used' | 'needed' | 'allowed'): Choosable<LedgerItem> => ({
  id,
  head: t.questions[id],
  sort: id,
  width: '7.25rem',
  cell: (row) => <Answer answer={row[id].answer} because={row[id].because} />,
});

function DeviceLink({ device }: LedgerItem): JSX.Element {
  return (
    <Link href={`/devices/${encodeURIComponent(device.id)}?tab=services`} title={device.name}>
      {device.name}
    </Link>
  );
}

function placeOf({ port, transport, direction }: LedgerItem): string {
  return `${direction === 'from-device' ? '→ ' : ''}${port}/${transport}`;
}

/** Its device is named beside it already. */
function adviceOf({ advice, device }: LedgerItem): string {
  return advice.replace(` of "${device.name}"`, '');
}

/** A port where there is no room for columns. */
function Narrow({ row }: { readonly row: LedgerItem }): JSX.Element {
  return (
    <>
      <div className="folded-head ledger-head">
        <DeviceLink {...row} />
        <Verdict verdict={row.verdict} />
      </div>
      <p>
        {protocolOf(row.protocol)} <span className="soft">{placeOf(row)}</span>
      </p>
      <p className="soft" {...inEnglish}>
        {adviceOf(row)}
      </p>
    </>
  );
}

const COLUMNS: readonly Choosable<LedgerItem>[] = [
  {
    id: 'device',
    head: t.device,
    sort: 'device',
    width: '18%',
    cell: DeviceLink,
  },
  {
    id: 'protocol',
    head: t.protocol,
    sort: 'protocol',
    width: '7rem',
    cell: ({ protocol }) => protocolOf(protocol),
  },
  {
    id: 'port',
    head: t.port,
    sort: 'port',
    width: '8rem',
    cell: placeOf,
  },
  question('open'),
  question('used'),
  question('needed'),
  question('allowed'),
  {
    id: 'verdict',
    head: t.verdict,
    sort: 'verdict',
    width: '7.5rem',
    cell: ({ verdict }) => <Verdict verdict={verdict} />,
  },
  {
    id: 'advice',
    head: t.advice,
    cell: (row) => (
      <span title={row.advice} {...inEnglish}>
        {adviceOf(row)}
      </span>
    ),
  },
];

const LIST = { resource: 'ledger', command: 'portolan ledger --all', usual: 'device' };

const VIEWS: readonly GivenView[] = (['close', 'encrypt', 'decide', 'tighten'] as const).map(
  (verdict) => ({ name: parts.verdict[verdict], filter: `verdict = ${verdict}` }),
);

/** The ledger as a list: every port of every device, to be filtered and sorted. */
export function LedgerList(): JSX.Element {
  const [filter, setFilter] = useParam('filter');
  const [sort, setSort] = useParam('sort', 'device');
  const query = useMemo(() => ({ filter, sort }), [filter, sort]);
  const pages = usePages<LedgerItem>('ledger', query);
  const { columns, menu } = useColumns('ledger', COLUMNS);
  return (
    <>
      <FilterBar
        resource="ledger"
        value={filter}
        onChange={setFilter}
        error={pages.error}
        total={pages.total}
        all={pages.all}
        views={VIEWS}
      >
        <span className="table-only">
          <Menu label={parts.columns} items={menu} stays />
        </span>
      </FilterBar>
      <DataTable
        name={t.title}
        pages={pages}
        columns={columns}
        rowKey={({ device, direction, transport, port }) =>
          `${device.id} ${direction} ${transport} ${port}`
        }
        rowName={({ device, port }) => `${device.name} ${port}`}
        sort={sort}
        onSort={setSort}
        narrow={(row) => <Narrow row={row} />}
        empty={<p>{t.noPorts}</p>}
      />
      <CopyAs cli={listed(LIST, filter, sort)} api={apiUrl('ledger', query)} />
    </>
  );
}
