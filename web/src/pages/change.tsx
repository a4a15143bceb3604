import type { JSX } from 'react';
import { Link, useParams } from 'wouter';
import type { ChangeView } from '../../../src/model/api/policy.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs, Id } from '../parts/copy.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { changes as de } from '../words/de/changes.ts';
import { changes as en } from '../words/en/changes.ts';
import { dateTime } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { ChangeActions } from './changes/change-actions.tsx';
import { EffectView } from './changes/effect.tsx';
import { stepsOf } from './changes/steps.ts';
import { Code } from './policy/code.tsx';
import { ruleTokensOf } from './policy/highlight.ts';
import './shared.css';
import './changes.css';

const t = words(en, de);

/** One change: its rules, its effect, where it is on its way, and what can be done with it. */
export function Page(): JSX.Element {
  const { id = '' } = useParams<{ id: string }>();
  const { data: change, error, refetch } = useApi<ChangeView>(`changes/${id}`);
  if (change === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Failed isPage error={error} retry={() => void refetch()} />
    );
  }
  return (
    <>
      <header className="page-head">
        <h1 className="change-title" {...inEnglish}>
          {change.title}
        </h1>
        <Link href="/changes" className="button quiet">
          {t.all}
        </Link>
      </header>
      <Facts change={change} />
      <Steps change={change} />
      <ChangeActions change={change} />
      <div className="change-sheets">
        <section className="sheet change-sheet">
          <h2>{t.effect}</h2>
          <div className="sheet-body">
            <EffectView effect={change.effect} />
          </div>
        </section>
        <Checks change={change} />
      </div>
      <section className="sheet change-sheet">
        <h2>{t.rules}</h2>
        <Code name={t.rules} text={change.rules} tokens={ruleTokensOf} />
      </section>
      <CopyAs cli={change.command} api={apiUrl(`changes/${id}`)} />
    </>
  );
}

function Facts({ change }: { readonly change: ChangeView }): JSX.Element {
  const { id, by, at, target, until, alert } = change;
  return (
    <p className="change-facts">
      <Id id={id} />
      <span>
        {t.target}: {target}
      </span>
      <span>
        {by}, {dateTime(at)}
      </span>
      {until !== undefined && (
        <span>
          {t.until}: {dateTime(until)}
        </span>
      )}
      {alert !== undefined && (
        <span>
          {t.alert}: <Link href={`/alerts/${alert}`}>{alert}</Link>
        </span>
      )}
    </p>
  );
}

const MARKS = { done: '✓', now: '○', next: '○', failed: '✕' } as const;

function Steps({ change }: { readonly change: ChangeView }): JSX.Element {
  return (
    <ol className="steps" aria-label={t.way}>
      {stepsOf(change.state, change.verified).map(({ step, state }) => (
        <li key={step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
          <span aria-hidden="true">{MARKS[state]}</span> {t.steps[step]}
          <span className="visually-hidden">: {t.stepStates[state]}</span>
        </li>
      ))}
    </ol>
  );
}

function Checks({ change }: { readonly change: ChangeView }): JSX.Element {
  const { verified, notes, lockOut } = change;
  return (
    <section className="sheet change-sheet">
      <h2>{t.verified}</h2>
      <div className="sheet-body">
        {verified.length === 0 && <p className="soft">{t.verifiedNone}</p>}
        <ul className="change-checks">
          {verified.map(({ at, text, ok }) => (
            <li key={`${at} ${text}`}>
              <span aria-hidden="true">{ok ? '✓' : '✕'}</span>
              <span className="visually-hidden">{ok ? t.passed : t.failed}: </span>{' '}
              <span {...inEnglish}>{text}</span> <span className="soft">{dateTime(at)}</span>
            </li>
          ))}
          <li>
            <span aria-hidden="true">{lockOut.ok ? '✓' : '✕'}</span>
            <span className="visually-hidden">{lockOut.ok ? t.passed : t.failed}: </span> {t.access}
            : <span {...inEnglish}>{lockOut.because}</span>
          </li>
        </ul>
        {notes.length > 0 && (
          <>
            <h3>{t.notes}</h3>
            <ul className="bullets">
              {notes.map((note) => (
                <li key={note} {...inEnglish}>
                  {note}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
