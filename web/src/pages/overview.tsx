import type { JSX, ReactNode } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../../src/model/api/site.ts';
import type { Verdict as VerdictWord } from '../../../src/model/ledger.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { Bar } from '../parts/bar.tsx';
import { CopyAs } from '../parts/copy.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { overview as de } from '../words/de/overview.ts';
import { parts as deParts } from '../words/de/parts.ts';
import { overview as en } from '../words/en/overview.ts';
import { parts as enParts } from '../words/en/parts.ts';
import { number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { Needs } from './overview/needs.tsx';
import { Traffic } from './overview/traffic.tsx';
import { withoutName } from './overview/without-name.ts';
import './overview/overview.css';

const t = words(en, de);
const parts = words(enParts, deParts);

/** What needs me, how exposed the site is, how far the policy is, what changed. */
export function Page(): JSX.Element {
  const { data, error, refetch } = useApi<Overview>('overview');
  if (data === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Failed isPage error={error} retry={() => void refetch()} />
    );
  }
  return (
    <>
      <h1 className="visually-hidden">{t.title}</h1>
      <Needs needs={data.needsYou} />
      <div className="overview-grid">
        <Exposure view={data} />
        <Settle verdicts={data.verdicts} />
        <Policy view={data} />
        <Changed view={data} />
      </div>
      <Traffic view={data} />
      <CopyAs cli="portolan findings" api={apiUrl('overview')} />
    </>
  );
}

const filtered = (path: string, filter: string): string =>
  `${path}?filter=${encodeURIComponent(filter)}`;

const inList = (verdict: VerdictWord): string =>
  `${filtered('/services', `verdict = ${verdict}`)}&view=list`;

function Exposure({ view }: { readonly view: Overview }): JSX.Element {
  return (
    <Sheet className="overview-sheet" title={t.exposure}>
      <ul className="facts">
        <Fact count={view.devices} what={t.devices} href="/devices">
          {view.devicesNew7d > 0 && (
            <Link href={filtered('/devices', 'firstSeen > -7d')}>
              {t.newDevices(number(view.devicesNew7d))}
            </Link>
          )}
        </Fact>
        <Fact count={view.services} what={t.services} href="/services" />
        <Fact
          count={view.unused}
          what={t.unused}
          href={filtered('/devices', 'service.unused > 0')}
        />
        <Fact count={view.unencrypted} what={t.unencrypted} href={inList('encrypt')} />
        <Fact
          count={view.reachableFromOutside}
          what={t.outside}
          href={filtered('/devices', 'reachable = yes')}
        />
      </ul>
    </Sheet>
  );
}

interface FactProps {
  readonly count: number;
  readonly what: string;
  readonly href: string;
  readonly children?: ReactNode;
}

function Fact({ count, what, href, children }: FactProps): JSX.Element {
  return (
    <li>
      <span className="fact-count">{number(count)}</span>
      <span>
        <Link href={href}>{what}</Link>
        {children !== undefined && children !== false && (
          <span className="soft"> · {children}</span>
        )}
      </span>
    </li>
  );
}

/** In the order in which one would go about it. */
const WORK: readonly VerdictWord[] = [
  'broken',
  'close',
  'encrypt',
  'look',
  'decide',
  'tighten',
  'unknown',
  'fine',
];

function Settle({ verdicts }: { readonly verdicts: Overview['verdicts'] }): JSX.Element {
  return (
    <Sheet className="overview-sheet" title={t.settle}>
      <ul className="facts">
        {WORK.map((verdict) => (
          <li key={verdict} title={parts.verdictHelp[verdict]}>
            <span className="fact-count">{number(verdicts[verdict])}</span>
            <Link href={inList(verdict)} className="plain-link">
              <Verdict verdict={verdict} />
            </Link>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Policy({ view }: { readonly view: Overview }): JSX.Element {
  const states = (
    ['enforcing', 'trial', 'learned', 'observing', 'quarantine', 'none'] as const
  ).filter((state) => view.policy[state] > 0);
  return (
    <Sheet className="overview-sheet" title={t.policy}>
      <ul className="facts">
        {states.map((state) => (
          <li key={state}>
            <span className="fact-count">{number(view.policy[state])}</span>
            <Link href={filtered('/devices', `policy = ${state}`)}>{parts.policy[state]}</Link>
            <Bar value={view.policy[state]} of={view.devices} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Changed({ view }: { readonly view: Overview }): JSX.Element {
  return (
    <Sheet className="overview-sheet" title={t.changed}>
      {view.changed.length === 0 ? (
        <p className="soft overview-none">{t.nothingChanged}</p>
      ) : (
        <ul className="changed">
          {view.changed.slice(0, 7).map((change) => (
            <li key={`${change.at} ${change.text}`}>
              <Time at={change.at} />
              <span>
                {change.device !== undefined && (
                  <Link href={`/devices/${encodeURIComponent(change.device.id)}`}>
                    {change.device.name}
                  </Link>
                )}{' '}
                <span {...inEnglish}>{withoutName(change.text, change.device)}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="overview-more">
        <Link href="/changelog">{t.changeLog}</Link>
      </p>
    </Sheet>
  );
}
