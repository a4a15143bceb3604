import type { JSX } from 'react';
import { Link } from 'wouter';
import type { ChangeView } from '../../../src/model/api/policy.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { changes as de } from '../words/de/changes.ts';
import { changes as en } from '../words/en/changes.ts';
import { dateTime, number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { Countdown } from './changes/countdown.tsx';
import { flowsOf } from './changes/effect.tsx';
import { StateWord } from './changes/state-word.tsx';
import { FewRows } from './few-rows.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import './shared.css';
import './changes.css';

const t = words(en, de);

/** Sets of firewall rules, newest first. */
export function Page(): JSX.Element {
  const { data, error, refetch } = useApi<Listed<ChangeView>>('changes');
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      {error !== null && <Failed error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <List changes={listOf(data)} />}
      <CopyAs cli="sudo portolan firewall" api={apiUrl('changes')} />
    </>
  );
}

function List({ changes }: { readonly changes: readonly ChangeView[] }): JSX.Element {
  if (changes.length === 0) {
    return (
      <Empty title={t.empty}>
        <p>{t.emptyText}</p>
        <p>
          <Link href="/policy">{t.toPolicy}</Link>
        </p>
      </Empty>
    );
  }
  return (
    <div className="sheet">
      <FewRows name={t.title} columns={COLUMNS} rows={changes} rowKey={({ id }) => id} />
    </div>
  );
}

const COLUMNS: readonly Column<ChangeView>[] = [
  {
    id: 'id',
    head: t.columns.id,
    cell: ({ id }) => (
      <Link href={`/changes/${id}`} className="nowrap">
        {id}
      </Link>
    ),
  },
  {
    id: 'title',
    head: t.columns.title,
    cell: ({ title }) => (
      <span className="change-title" {...inEnglish}>
        {title}
      </span>
    ),
  },
  { id: 'state', head: t.columns.state, cell: (change) => <State change={change} /> },
  {
    id: 'blocked',
    head: t.columns.blocked,
    number: true,
    cell: ({ effect }) => number(flowsOf(effect.newlyBlocked)),
  },
  { id: 'by', head: t.columns.by, cell: ({ by }) => by },
  { id: 'at', head: t.columns.at, cell: ({ at }) => <Time at={at} /> },
  {
    id: 'until',
    head: t.columns.until,
    cell: ({ until }) => (until === undefined ? '–' : dateTime(until)),
  },
];

function State({ change }: { readonly change: ChangeView }): JSX.Element {
  const { state, deadline } = change;
  return (
    <>
      <StateWord state={state} />
      {deadline !== undefined && (
        <>
          {' · '}
          <Countdown deadline={deadline} words={t.countdown} over={t.over} />
        </>
      )}
    </>
  );
}
