import type { JSX } from 'react';
import { useState } from 'react';
import type { ScanView } from '../../../src/model/api/daemon.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { Button } from '../parts/button.tsx';
import { CopyAs } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { scan as de } from '../words/de/scan.ts';
import { scan as en } from '../words/en/scan.ts';
import { inEnglish, words } from '../words/index.ts';
import { FewRows } from './few-rows.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import { useMay } from './may.ts';
import { ScanDialog } from './scan/scan-dialog.tsx';
import { ScanProgress } from './scan/scan-progress.tsx';
import './shared.css';
import './scans.css';

const t = words(en, de);

/** Look now; what is under way; what was looked at before. */
export function Page(): JSX.Element {
  const { data, error, refetch } = useApi<Listed<ScanView>>('scans', { limit: 50 });
  const [isAsked, setAsked] = useState(false);
  const mayScan = useMay('scan');
  const scans = data === undefined ? [] : listOf(data);
  const running = scans.filter(({ outcome }) => outcome === 'running');
  const earlier = scans.filter(({ outcome }) => outcome !== 'running');
  return (
    <>
      <header className="page-head">
        <h1>{t.now}</h1>
        {mayScan ? (
          <Button look="primary" onClick={() => setAsked(true)}>
            {t.ask}
          </Button>
        ) : (
          <span className="soft">{t.noRight}</span>
        )}
      </header>
      <p className="soft">{t.lead}</p>
      {error !== null && <Failed error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {running.map((scan) => (
        <ScanProgress key={scan.id} scan={scan} mayStop={mayScan} />
      ))}
      {data !== undefined && scans.length === 0 && (
        <Empty title={t.none}>
          <p>{t.noneText}</p>
        </Empty>
      )}
      {earlier.length > 0 && <Earlier scans={earlier} />}
      <CopyAs cli="portolan scan" api={apiUrl('scans')} />
      {isAsked && <ScanDialog onClose={() => setAsked(false)} />}
    </>
  );
}

function Earlier({ scans }: { readonly scans: readonly ScanView[] }): JSX.Element {
  return (
    <section className="sheet">
      <h2>{t.earlier}</h2>
      <FewRows name={t.earlier} columns={COLUMNS} rows={scans} rowKey={({ id }) => id} />
    </section>
  );
}

const COLUMNS: readonly Column<ScanView>[] = [
  {
    id: 'started',
    head: t.started,
    cell: ({ id, startedAt }) => (
      <>
        <Time at={startedAt} /> <code>{id}</code>
      </>
    ),
  },
  { id: 'targets', head: t.targets, cell: ({ targets }) => targets.join(', ') },
  { id: 'pace', head: t.pace, cell: ({ pace }) => t.paces[pace] },
  {
    id: 'outcome',
    head: t.outcome,
    cell: ({ outcome, notes }) => (
      <>
        {t.outcomes[outcome]}
        {notes.length > 0 && (
          <span className="soft" {...inEnglish}>
            : {notes.join(' ')}
          </span>
        )}
      </>
    ),
  },
  {
    id: 'sent',
    head: t.sentInAll,
    cell: ({ budget }) => t.budget(budget.connections, budget.datagrams),
  },
];
