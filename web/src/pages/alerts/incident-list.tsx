import type { JSX } from 'react';
import { useRef } from 'react';
import { Link } from 'wouter';
import type { AlertItem } from '../../../../src/model/api/alerts.ts';
import type { Pages } from '../../api/pages.ts';
import { Button } from '../../parts/button.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { News, useSteady } from '../../parts/steady.tsx';
import { Time } from '../../parts/time.tsx';
import { alerts as de } from '../../words/de/alerts.ts';
import { alerts as en } from '../../words/en/alerts.ts';
import { inEnglish, words } from '../../words/index.ts';
import { Devices } from './alert-words.tsx';
import type { Incident } from './incidents.ts';
import { incidentsOf } from './incidents.ts';

const t = words(en, de);

/** Of one incident beside the one that speaks for it. */
const OTHERS = 6;

interface IncidentsProps {
  readonly pages: Pages<AlertItem>;
  readonly isFiltered: boolean;
}

const alertKey = ({ id }: AlertItem): string => id;

export function Incidents({ pages, isFiltered }: IncidentsProps): JSX.Element {
  const { items, error, isLoading, again } = pages;
  if (error !== undefined && items.length === 0) return <Failed error={error} retry={again} />;
  if (isLoading) return <Loading />;
  if (items.length === 0) {
    return (
      <Empty title={isFiltered ? t.emptyFiltered : t.empty}>
        {!isFiltered && <p>{t.emptyText}</p>}
      </Empty>
    );
  }
  return <List pages={pages} />;
}

function List({ pages: newest }: { readonly pages: Pages<AlertItem> }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const { pages, isHeld, show } = useSteady(newest, alertKey, list);
  const { items, total, reach } = pages;
  return (
    <>
      <div className="table-frame" ref={list}>
        <ol className="incidents sheet" aria-label={t.title}>
          {incidentsOf(items).map((incident) => (
            <IncidentRow key={incident.id} incident={incident} />
          ))}
        </ol>
        {isHeld && <News onShow={show} />}
      </div>
      {items.length < total && (
        <p className="more">
          <Button onClick={() => reach(items.length)}>{t.more}</Button>
          <span className="soft">{t.shown(items.length, total)}</span>
        </p>
      )}
    </>
  );
}

function IncidentRow({ incident }: { readonly incident: Incident }): JSX.Element {
  const { id, lead, alerts } = incident;
  const others = alerts.filter((alert) => alert !== lead);
  const filter = encodeURIComponent(`incident = "${id}"`);
  return (
    <li className="incident" data-state={lead.state}>
      <AlertRow alert={lead} isLead />
      {others.length > 0 && (
        <ol className="incident-others" aria-label={t.incidentOf(alerts.length)}>
          {others.slice(0, OTHERS).map((alert) => (
            <li key={alert.id}>
              <AlertRow alert={alert} isLead={false} />
            </li>
          ))}
          {others.length > OTHERS && (
            <li>
              <Link href={`/alerts?view=single&filter=${filter}`}>
                {t.incidentOf(alerts.length)}
              </Link>
            </li>
          )}
        </ol>
      )}
    </li>
  );
}

function AlertRow({ alert, isLead }: { readonly alert: AlertItem; readonly isLead: boolean }) {
  const { id, severity, summary, devices, count, state, lastAt } = alert;
  return (
    <article className={isLead ? 'alert-row lead' : 'alert-row'}>
      <Severity level={severity} />
      <Link href={`/alerts/${id}`} className="alert-summary" {...inEnglish}>
        {summary}
      </Link>
      <span className="alert-facts">
        {isLead && <Devices devices={devices} />}
        {count > 1 && <span>{t.times(count)}</span>}
        {state !== 'open' && <span className="alert-state">{t.states[state]}</span>}
      </span>
      <Time at={lastAt} />
    </article>
  );
}
