import type { JSX } from 'react';
import { Link } from 'wouter';
import type { FlowEnd, FlowItem } from '../../../../src/model/api/flows.ts';
import { useParam } from '../../address.ts';
import { usePages } from '../../api/pages.ts';
import { useMedia } from '../../media.ts';
import { Copy } from '../../parts/copy.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { FilterBar } from '../../parts/filter-bar.tsx';
import { Time } from '../../parts/time.tsx';
import type { GivenView } from '../../parts/views-menu.tsx';
import { usePref } from '../../prefs.ts';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { bytes } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { NoTraffic } from './no-traffic.tsx';

const t = words(en, de);

/** Every conversation of the span, newest first. */
export function FlowTable({ since }: { readonly since: string }): JSX.Element {
  const [filter, setFilter] = useParam('filter');
  const [sort, setSort] = useParam('sort', '-lastSeen');
  const pages = usePages<FlowItem>('flows', { filter, sort, since });
  const isDetailed = usePref('detail') === 'detailed';
  const isWide = useMedia(WIDE);
  return (
    <div className="flow-table">
      <FilterBar
        resource="flows"
        value={filter}
        onChange={setFilter}
        error={pages.error}
        total={pages.total}
        isAtLeast={pages.isAtLeast}
        views={VIEWS}
        all={pages.all}
      />
      <DataTable
        name={t.title}
        pages={pages}
        columns={isDetailed ? (isWide ? COLUMNS : MOST) : FEW}
        rowKey={({ id }) => String(id)}
        rowName={({ source, destination }) => `${source.address} → ${destination.address}`}
        sort={sort}
        onSort={setSort}
        narrow={(flow) => <Narrow flow={flow} />}
        empty={
          filter === '' ? (
            <NoTraffic title={pages.all > 0 ? t.emptySpan : t.empty} />
          ) : (
            <p>{t.emptyFiltered}</p>
          )
        }
      />
    </div>
  );
}

const VIEWS: readonly GivenView[] = [
  { name: t.given.internet, filter: 'to = internet' },
  { name: t.given.clear, filter: 'encrypted = no' },
  { name: t.given.refused, filter: 'outcome = refused' },
];

/** Where all columns have room. */
const WIDE = '(min-width: 1500px)';

const SIMPLE: ReadonlySet<string> = new Set(['source', 'destination', 'service', 'name', 'last']);

/** A device by its name, anybody else by address; the port of who opened it says nothing. */
function End({ end }: { readonly end: FlowEnd }): JSX.Element {
  if (end.device === undefined) return <span title={end.zone}>{end.address}</span>;
  return (
    <Link href={`/devices/${end.device.id}`} title={`${end.address} ${end.zone}`}>
      {end.device.name}
    </Link>
  );
}

/** What it speaks, as far as that is known; the port is never left out. */
function service({ protocol, destination, transport, scan }: FlowItem): string {
  const known = protocol === '' || protocol === 'unknown' ? t.unknownProtocol : protocol;
  const name = scan === undefined ? known : t.ourScan;
  if (transport !== 'tcp' && transport !== 'udp') {
    return scan === undefined ? transport : `${transport} ${name}`;
  }
  return `${destination.port}/${transport} ${name}`;
}

const COLUMNS: readonly Column<FlowItem>[] = [
  {
    id: 'source',
    head: t.columns.source,
    sort: 'source',
    width: '16%',
    cell: ({ source }) => <End end={source} />,
  },
  {
    id: 'destination',
    head: t.columns.destination,
    sort: 'destination',
    width: '16%',
    cell: ({ destination }) => <End end={destination} />,
  },
  {
    id: 'service',
    head: t.columns.service,
    sort: 'protocol',
    width: '12rem',
    cell: (flow) => <span title={service(flow)}>{service(flow)}</span>,
  },
  { id: 'name', head: t.columns.name, sort: 'name', cell: ({ name }) => name },
  {
    id: 'zone',
    head: t.columns.zone,
    sort: 'from',
    width: '9rem',
    cell: ({ source, destination }) => `${source.zone} → ${destination.zone}`,
  },
  {
    id: 'encrypted',
    head: t.columns.encrypted,
    sort: 'encrypted',
    width: '6.5rem',
    cell: ({ encrypted }) => (encrypted ? `✓ ${t.yes}` : `◇ ${t.no}`),
  },
  {
    id: 'outcome',
    head: t.columns.outcome,
    sort: 'outcome',
    width: '6.5rem',
    cell: ({ outcome }) => t.outcomes[outcome] ?? outcome,
  },
  {
    id: 'sent',
    head: t.columns.sent,
    sort: 'sent',
    width: '5.5rem',
    number: true,
    cell: ({ sentBytes }) => bytes(sentBytes),
  },
  {
    id: 'received',
    head: t.columns.received,
    sort: 'received',
    width: '6.5rem',
    number: true,
    cell: ({ receivedBytes }) => bytes(receivedBytes),
  },
  {
    id: 'last',
    head: t.columns.last,
    sort: 'lastSeen',
    width: '7rem',
    cell: ({ lastSeen }) => <Time at={lastSeen} />,
  },
  {
    id: 'filter',
    head: t.columns.filter,
    width: '6.5rem',
    cell: ({ displayFilter }) => <Copy text={displayFilter} />,
  },
];

/** Zones are in the address's title, too. */
const MOST = COLUMNS.filter(({ id }) => id !== 'zone');
const FEW = COLUMNS.filter(({ id }) => SIMPLE.has(id));

function Narrow({ flow }: { readonly flow: FlowItem }): JSX.Element {
  return (
    <>
      <div className="folded-head">
        <End end={flow.source} /> → <End end={flow.destination} />
      </div>
      <div className="folded-rest">
        <span>{service(flow)}</span>
        <span>{flow.name}</span>
        <span>{bytes(flow.sentBytes + flow.receivedBytes)}</span>
        <Time at={flow.lastSeen} />
      </div>
    </>
  );
}
