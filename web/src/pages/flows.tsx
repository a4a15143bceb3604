import type { JSX } from 'react';
import { useParam } from '../address.ts';
import type { Query } from '../api/client.ts';
import { apiUrl } from '../api/client.ts';
import { CopyAs, filtered } from '../parts/copy.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { flows as de } from '../words/de/flows.ts';
import { flows as en } from '../words/en/flows.ts';
import { words } from '../words/index.ts';
import { FlowTable } from './flows/flow-table.tsx';
import { Lanes } from './flows/lanes.tsx';
import { Picture } from './flows/picture.tsx';
import { Matrix } from './flows/zone-matrix.tsx';
import { keys } from './keys-of.ts';
import './shared.css';
import './flows.css';

const t = words(en, de);

const VIEWS = ['matrix', 'table', 'lanes', 'picture'] as const;
type View = (typeof VIEWS)[number];

/** Who talks to whom: tables first, the picture last. */
export function Page(): JSX.Element {
  const [chosen, setView] = useParam('view', 'matrix');
  const [since, setSince] = useParam('since', '14d');
  const [filter] = useParam('filter');
  const [device] = useParam('device');
  const view: View = VIEWS.find((one) => one === chosen) ?? 'matrix';
  const { cli, path, query } = twins(view, { since, filter, device });
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        {view !== 'table' && (
          <label className="since">
            {t.since}
            <select value={since} onChange={({ target }) => setSince(target.value)}>
              {keys(t.spans).map((span) => (
                <option key={span} value={span}>
                  {t.spans[span]}
                </option>
              ))}
            </select>
          </label>
        )}
      </header>
      <Tabs
        name={t.views}
        tabs={VIEWS.map((key) => ({ key, label: t[key] }))}
        current={view}
        onChange={setView}
      >
        {view === 'matrix' && <Matrix since={since} />}
        {view === 'table' && <FlowTable />}
        {view === 'lanes' && <Lanes since={since} />}
        {view === 'picture' && <Picture since={since} />}
      </Tabs>
      <CopyAs cli={cli} api={apiUrl(path, query)} />
    </>
  );
}

interface Shown {
  readonly since: string;
  readonly filter: string;
  readonly device: string;
}

/** The command and the request that say the same. */
function twins(
  view: View,
  { since, filter, device }: Shown,
): { readonly cli: string; readonly path: string; readonly query: Query } {
  switch (view) {
    case 'matrix':
      return { cli: 'portolan segment', path: 'zones/matrix', query: { since } };
    case 'table':
      return { cli: filtered('portolan flows', filter), path: 'flows', query: { filter } };
    case 'lanes':
      return {
        cli: `portolan flows ${device}`.trim(),
        path: device === '' ? 'flows' : `devices/${device}/lanes`,
        query: { since },
      };
    case 'picture':
      return { cli: 'portolan flows', path: 'flows/picture', query: { since } };
  }
}
