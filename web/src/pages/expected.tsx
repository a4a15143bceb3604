import type { JSX } from 'react';
import { Link } from 'wouter';
import type { ExpectationView } from '../../../src/model/api/alerts.ts';
import { apiUrl, send } from '../api/client.ts';
import { useApi, useSend } from '../api/hooks.ts';
import { Button } from '../parts/button.tsx';
import { CopyAs } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { say } from '../parts/toast.tsx';
import { expect as de, alerts as deAlerts } from '../words/de/alerts.ts';
import { expect as en, alerts as enAlerts } from '../words/en/alerts.ts';
import { date, number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { FewRows } from './few-rows.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import { useMay } from './may.ts';
import './shared.css';
import './alerts.css';

const t = words(en, de);
const alerts = words(enAlerts, deAlerts);

/** What people said is right so; each can be taken back. */
export function Page(): JSX.Element {
  const { data, error, refetch } = useApi<Listed<ExpectationView>>('expectations');
  return (
    <>
      <header className="page-head">
        <h1>{t.list}</h1>
        <Link href="/alerts" className="button quiet">
          {alerts.title}
        </Link>
      </header>
      {error !== null && <Failed error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <List expectations={listOf(data)} />}
      <CopyAs cli="portolan alerts expectations" api={apiUrl('expectations')} />
    </>
  );
}

function List({ expectations }: { readonly expectations: readonly ExpectationView[] }) {
  const may = useMay('triage');
  const { mutate, error } = useSend(
    (id: string) => send('DELETE', `expectations/${id}`),
    ['expectations', 'alerts'],
  );
  if (expectations.length === 0) {
    return (
      <Empty title={t.listEmpty}>
        <p>{t.listEmptyText}</p>
      </Empty>
    );
  }
  const columns: readonly Column<ExpectationView>[] = [
    {
      id: 'sentence',
      head: t.sentence,
      cell: ({ sentence }) => <span {...inEnglish}>{sentence}</span>,
    },
    { id: 'at', head: t.at, cell: ({ at }) => <Time at={at} /> },
    {
      id: 'until',
      head: t.until,
      cell: ({ until }) => (until === undefined ? t.forever : date(until)),
    },
    { id: 'by', head: t.by, cell: ({ by }) => by },
    { id: 'hidden', head: t.hidden, number: true, cell: ({ hidden }) => number(hidden) },
  ];
  const act: Column<ExpectationView> = {
    id: 'act',
    head: t.actions,
    cell: ({ id, sentence }) => (
      <Button
        small
        aria-label={`${t.remove}: ${sentence}`}
        onClick={() => mutate(id, { onSuccess: () => say(t.removed) })}
      >
        {t.remove}
      </Button>
    ),
  };
  return (
    <div className="sheet">
      {error !== null && <Failed error={error} />}
      <FewRows
        name={t.list}
        columns={may ? [...columns, act] : columns}
        rows={expectations}
        rowKey={({ id }) => id}
      />
    </div>
  );
}
