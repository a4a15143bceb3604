import type { JSX } from 'react';
import { Link } from 'wouter';
import type { ChangeView } from '../../../src/model/api/policy.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { changes as de } from '../words/de/changes.ts';
import { changes as en } from '../words/en/changes.ts';
import { dateTime, number } from '../words/format.ts';
import { words } from '../words/index.ts';
import { Countdown } from './changes/countdown.tsx';
import { flowsOf } from './changes/effect.tsx';
import { StateWord } from './changes/state-word.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import { Scroll } from './scroll.tsx';
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
      </Empty>
    );
  }
  return (
    <Scroll name={t.title} className="sheet scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.columns.id}</th>
            <th scope="col">{t.columns.title}</th>
            <th scope="col">{t.columns.state}</th>
            <th scope="col" className="number">
              {t.columns.blocked}
            </th>
            <th scope="col">{t.columns.by}</th>
            <th scope="col">{t.columns.at}</th>
            <th scope="col">{t.columns.until}</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <Row key={change.id} change={change} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Row({ change }: { readonly change: ChangeView }): JSX.Element {
  const { id, title, state, effect, by, at, until, deadline } = change;
  return (
    <tr>
      <th scope="row" className="nowrap">
        <Link href={`/changes/${id}`}>{id}</Link>
      </th>
      <td>{title}</td>
      <td>
        <StateWord state={state} />
        {deadline !== undefined && (
          <>
            {' · '}
            <Countdown deadline={deadline} words={t.countdown} over={t.over} />
          </>
        )}
      </td>
      <td className="number">{number(flowsOf(effect.newlyBlocked))}</td>
      <td>{by}</td>
      <td>
        <Time at={at} />
      </td>
      <td>{until === undefined ? '' : dateTime(until)}</td>
    </tr>
  );
}
