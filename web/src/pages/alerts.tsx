import type { JSX } from 'react';
import { Link } from 'wouter';
import type { AlertItem } from '../../../src/model/api/alerts.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { usePages } from '../api/pages.ts';
import { CopyAs, listed } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { FilterBar } from '../parts/filter-bar.tsx';
import { Severity } from '../parts/severity.tsx';
import { Time } from '../parts/time.tsx';
import { usePref } from '../prefs.ts';
import { alerts as de } from '../words/de/alerts.ts';
import { alerts as en } from '../words/en/alerts.ts';
import { number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { Devices, serviceText } from './alerts/alert-words.tsx';
import { Incidents } from './alerts/incident-list.tsx';
import { Switch } from './switch.tsx';
import './shared.css';
import './alerts.css';

const t = words(en, de);

const NOT_RESOLVED = 'state != resolved';
const WORST_FIRST = '-severity';

/** What happened: by incident, or one by one. */
export function Page(): JSX.Element {
  const [filter, setFilter] = useParam('filter', NOT_RESOLVED);
  const [sort, setSort] = useParam('sort', WORST_FIRST);
  const [view, setView] = useParam('view', 'incidents');
  const pages = usePages<AlertItem>('alerts', { filter, sort });
  const isDetailed = usePref('detail') === 'detailed';
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <div className="page-actions">
          <Link href="/alerts/expected" className="button quiet">
            {t.expectations}
          </Link>
          <Switch
            name={t.view}
            value={view}
            onChange={setView}
            choices={[
              ['incidents', t.incidents],
              ['single', t.single],
            ]}
          />
        </div>
      </header>
      <FilterBar
        resource="alerts"
        value={filter}
        onChange={setFilter}
        error={pages.error}
        total={pages.total}
        all={pages.all}
      >
        <Switch
          name={t.stateFilter}
          value={filter}
          onChange={setFilter}
          choices={[
            [NOT_RESOLVED, t.notResolved],
            ['state = open', t.onlyOpen],
            ['', t.everyState],
          ]}
        />
      </FilterBar>
      {view === 'single' ? (
        <DataTable
          name={t.title}
          pages={pages}
          columns={isDetailed ? COLUMNS : COLUMNS.filter(({ id }) => SIMPLE.has(id))}
          rowKey={({ id }) => id}
          rowName={({ summary }) => summary}
          rowHref={({ id }) => `/alerts/${id}`}
          sort={sort}
          onSort={setSort}
          narrow={(alert) => <Narrow alert={alert} />}
          empty={<p>{filter === '' ? t.emptyText : t.emptyFiltered}</p>}
        />
      ) : (
        <Incidents pages={pages} isFiltered={filter !== '' && filter !== NOT_RESOLVED} />
      )}
      <CopyAs cli={command(filter, sort)} api={apiUrl('alerts', { filter, sort })} />
    </>
  );
}

/** Without a word the command leaves out what is resolved, as the page does. */
function command(filter: string, sort: string): string {
  if (filter === NOT_RESOLVED && sort === WORST_FIRST) return 'portolan alerts --severity info';
  return listed(LIST, filter, sort);
}

const LIST = {
  resource: 'alerts',
  command: 'portolan alerts --state all --severity info',
  usual: WORST_FIRST,
};

const SIMPLE: ReadonlySet<string> = new Set(['summary', 'severity', 'device', 'state', 'last']);

const COLUMNS: readonly Column<AlertItem>[] = [
  {
    id: 'summary',
    head: t.columns.summary,
    sort: 'summary',
    cell: ({ id, summary }) => (
      <Link href={`/alerts/${id}`} title={summary} {...inEnglish}>
        {summary}
      </Link>
    ),
  },
  {
    id: 'severity',
    head: t.columns.severity,
    sort: 'severity',
    width: '7.5rem',
    cell: ({ severity }) => <Severity level={severity} />,
  },
  {
    id: 'device',
    head: t.columns.device,
    sort: 'device',
    width: '11rem',
    cell: ({ devices }) => <Devices devices={devices} />,
  },
  { id: 'service', head: t.service, sort: 'port', width: '6rem', cell: serviceText },
  {
    id: 'count',
    head: t.columns.count,
    sort: 'count',
    width: '4.5rem',
    number: true,
    cell: ({ count }) => number(count),
  },
  {
    id: 'state',
    head: t.columns.state,
    sort: 'state',
    width: '8rem',
    cell: ({ state }) => t.states[state],
  },
  {
    id: 'last',
    head: t.columns.last,
    sort: 'lastAt',
    width: '7rem',
    cell: ({ lastAt }) => <Time at={lastAt} />,
  },
];

function Narrow({ alert }: { readonly alert: AlertItem }): JSX.Element {
  return (
    <>
      <div className="folded-rest">
        <Severity level={alert.severity} />
        <Time at={alert.lastAt} />
        <span>{t.states[alert.state]}</span>
      </div>
      <div className="folded-head">
        <Link href={`/alerts/${alert.id}`} {...inEnglish}>
          {alert.summary}
        </Link>
      </div>
    </>
  );
}
