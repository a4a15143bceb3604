import type { JSX } from 'react';
import type { PolicyCheck } from '../../../../src/model/api/policy.ts';
import { Since } from '../../parts/since.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { inEnglish, words } from '../../words/index.ts';
import { EffectView } from '../changes/effect.tsx';
import type { Checked } from './use-check.ts';

const t = words(en, de);

interface CheckPanelProps {
  readonly checked: Checked;
  readonly since: string;
  readonly onSince: (since: string) => void;
}

/** What the text that is on the screen would do: to recorded traffic, its tests, and whoever writes it. */
export function CheckPanel({ checked, since, onSince }: CheckPanelProps): JSX.Element {
  const { check, error, isOld } = checked;
  return (
    <section className="sheet policy-check" aria-label={t.effect} aria-busy={isOld}>
      <header>
        <h2>{t.effect}</h2>
        <Since value={since} onChange={onSince} />
      </header>
      <p className="policy-state" role="status">
        {isOld ? t.checking : check === undefined ? '' : summary(check)}
      </p>
      {error !== undefined && <Failed error={error} />}
      {check === undefined && error === undefined && <Loading what={t.checking} />}
      {check !== undefined && (
        <div className="policy-parts" data-old={isOld}>
          {check.effect === undefined ? (
            <p>{t.effectAbsent}</p>
          ) : (
            <EffectView effect={check.effect} />
          )}
          <Tests check={check} />
          <LockOut check={check} />
        </div>
      )}
    </section>
  );
}

function summary({ problems }: PolicyCheck): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  if (problems.length === 0) return `✓ ${t.valid}`;
  return `${errors > 0 ? '✕' : '◆'} ${t.problems(errors, warnings)}`;
}

function Tests({ check }: { readonly check: PolicyCheck }): JSX.Element {
  const { tests } = check;
  const bad = tests.filter(({ ok }) => !ok);
  return (
    <section>
      <h3>
        {t.tests} <span className="soft">{t.testsSum(tests.length - bad.length, bad.length)}</span>
      </h3>
      {tests.length === 0 && <p className="soft">{t.testsNone}</p>}
      <ul className="policy-tests">
        {[...bad, ...tests.filter(({ ok }) => ok)].map(({ line, text, ok, because }) => (
          <li key={`${line} ${text}`}>
            <span aria-hidden="true">{ok ? '✓' : '✕'}</span>
            <span>
              <span className={ok ? undefined : 'bad'}>
                <span {...inEnglish}>{text}</span> {ok ? t.passed : t.failed}
              </span>{' '}
              <span className="soft">
                <span {...inEnglish}>{because}</span> · {t.line(line)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LockOut({ check }: { readonly check: PolicyCheck }): JSX.Element {
  const { ok, because } = check.lockOut;
  return (
    <section>
      <h3>
        {t.lockOut}:{' '}
        <span className={ok ? undefined : 'bad'}>
          <span aria-hidden="true">{ok ? '✓' : '✕'}</span> {ok ? t.lockOutOk : t.lockOutBad}
        </span>
      </h3>
      <p className="soft" {...inEnglish}>
        {because}
      </p>
    </section>
  );
}
