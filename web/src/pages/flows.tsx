import type { JSX } from 'react';
import { useParam } from '../address.ts';
import type { Query } from '../api/client.ts';
import { apiUrl } from '../api/client.ts';
import { CopyAs, filtered, listed } from '../parts/copy.tsx';
import { Since } from '../parts/since.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { useSince } from '../since.ts';
import { flows as de } from '../words/de/flows.ts';
import { flows as en } from '../words/en/flows.ts';
import { words } from '../words/index.ts';
import { FlowTable } from './flows/flow-table.tsx';
import { Lanes } from './flows/lanes.tsx';
import { Picture } from './flows/picture.tsx';
import { Matrix } from './flows/zone-matrix.tsx';
import './shared.css';
import './flows.css';

const t = words(en, de);

const VIEWS = ['matrix', 'table', 'lanes', 'picture'] as const;
type View = (typeof VIEWS)[number];

/** Who talks to whom: tables first, the picture last. */
export function Page(): JSX.Element {
  const [chosen, setView] = useParam('view', 'matrix');
  const [since, setSince] = useSince();
  const [filter] = useParam('filter');
  const [sort] = useParam('sort', '-lastSeen');
  const [device] = useParam('device');
  const view: View = VIEWS.find((one) => one === chosen) ?? 'matrix';
  const { cli, path, query } = twins(view, { since, filter, sort, device });
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <Since value={since} onChange={setSince} />
      </header>
      <Tabs
        name={t.views}
        tabs={VIEWS.map((key) => ({ key, label: t[key] }))}
        current={view}
        onChange={setView}
      >
        {view === 'matrix' && <Matrix since={since} />}
        {view === 'table' && <FlowTable since={since} />}
        {view === 'lanes' && <Lanes since={since} />}
        {view === 'picture' && <Picture since={since} />}
      </Tabs>
      <CopyAs cli={cli} api={apiUrl(path, query)} />
    </>
  );
}

const LIST = { resource: 'flows', command: 'portolan flows', usual: '-lastSeen' };

/** The span as a term of the filter, as a command has it. */
function within(filter: string, since: string): string {
  const term = `lastSeen > ${/^\d+[a-z]$/.test(since) ? '-' : ''}${since}`;
  return filter === '' ? term : `(${filter}) and ${term}`;
}

interface Shown {
  readonly since: string;
  readonly filter: string;
  readonly sort: string;
  readonly device: string;
}

/** The command and the request that say the same. */
function twins(
  view: View,
  { since, filter, sort, device }: Shown,
): { readonly cli: string; readonly path: string; readonly query: Query } {
  switch (view) {
    case 'matrix':
      return { cli: `portolan segment --since ${since}`, path: 'zones/matrix', query: { since } };
    case 'table':
      return {
        cli: listed(LIST, within(filter, since), sort),
        path: 'flows',
        query: { filter, sort, since },
      };
    case 'lanes':
      return {
        cli: filtered(`portolan flows ${device}`.trim(), within('', since)),
        path: device === '' ? 'flows' : `devices/${device}/lanes`,
        query: { since },
      };
    case 'picture':
      return {
        cli: filtered('portolan flows', within('', since)),
        path: 'flows/picture',
        query: { since },
      };
  }
}
