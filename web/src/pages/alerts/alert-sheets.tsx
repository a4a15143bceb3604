import type { JSX, ReactNode } from 'react';
import { Link } from 'wouter';
import type { AlertView } from '../../../../src/model/api/alerts.ts';
import { apiUrl } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Time } from '../../parts/time.tsx';
import { usePref } from '../../prefs.ts';
import { alerts as de } from '../../words/de/alerts.ts';
import { alerts as en } from '../../words/en/alerts.ts';
import { date, dateTime, toSecond } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { useMay } from '../may.ts';
import { Devices, serviceText } from './alert-words.tsx';
import { frameRanges } from './frames.ts';

const t = words(en, de);

interface SheetProps {
  readonly alert: AlertView;
}

interface ActProps extends SheetProps {
  readonly onContain: () => void;
  readonly onExpect: () => void;
}

function Sheet({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="sheet alert-sheet">
      <h2>{title}</h2>
      <div className="sheet-body">{children}</div>
    </section>
  );
}

const MARKS = { alert: '▲', flow: '→', evidence: '●', state: '◇' } as const;

/** The evidence in the order of time. */
export function Happened({ alert }: SheetProps): JSX.Element {
  return (
    <Sheet title={t.happened}>
      <ol className="timeline">
        {alert.timeline.map(({ at, kind, text }, index, all) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two entries may be alike, and none moves
          <li key={index} data-kind={kind}>
            <time dateTime={new Date(at).toISOString()} title={dateTime(at)}>
              {isNewDay(at, all[index - 1]?.at) && (
                <span className="timeline-day">{date(at)} </span>
              )}
              {toSecond(at)}
            </time>
            <span className="timeline-mark" aria-hidden="true">
              {MARKS[kind]}
            </span>
            <span>
              <span className="visually-hidden">{t.kinds[kind]}: </span>
              <span {...inEnglish}>{text}</span>
            </span>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}

/** The date is said where it changes: all else of a time line is of the same day. */
function isNewDay(at: number, before: number | undefined): boolean {
  return before === undefined || date(at) !== date(before);
}

export function Unusual({ alert }: SheetProps): JSX.Element {
  return (
    <Sheet title={t.unusual}>
      <p {...inEnglish}>{alert.usual}</p>
      <Bullets items={alert.reasons} />
      {alert.raised.length > 0 && (
        <>
          <h3>{t.raised}</h3>
          <Bullets items={alert.raised} />
        </>
      )}
    </Sheet>
  );
}

/** What proves it: figures, packets, and how to find them. */
export function Evidence({ alert }: SheetProps): JSX.Element {
  const { facts, frames, flowIds, observations, hasPackets, displayFilter, id } = alert;
  const isDetailed = usePref('detail') === 'detailed';
  const mayGet = useMay('triage');
  return (
    <Sheet title={t.evidence}>
      <p>{t.observations(observations)}</p>
      {facts.length > 0 && (
        <dl className="facts">
          {facts.map(({ name, value }) => (
            <div key={name} {...inEnglish}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className="packets">
        {hasPackets && mayGet && (
          <a
            className="button"
            href={apiUrl(`alerts/${id}/evidence.pcapng`)}
            download={`${id}.pcapng`}
          >
            <span aria-hidden="true">↓</span> {t.packets}
          </a>
        )}
        {!hasPackets && t.noPackets}
      </p>
      {displayFilter !== '' && (
        <p className="filter-text">
          {t.wireshark} <code>{displayFilter}</code>
          <Copy text={displayFilter} />
        </p>
      )}
      {isDetailed && frames.length > 0 && (
        <p>
          {t.frameNumbers} <code>{frameRanges(frames)}</code>
        </p>
      )}
      {isDetailed && flowIds.length > 0 && (
        <div>
          {t.conversations}
          <Bullets
            items={flowIds.map((flow) => (
              <Link key={flow} href={`/flows?view=table&filter=${communityFilter(flow)}`}>
                <code>{flow}</code>
              </Link>
            ))}
          />
        </div>
      )}
    </Sheet>
  );
}

function communityFilter(id: string): string {
  return encodeURIComponent(`communityId = "${id}"`);
}

export function Touched({ alert }: SheetProps): JSX.Element {
  const service = serviceText(alert);
  return (
    <Sheet title={t.touched}>
      <dl className="facts">
        <div>
          <dt>{t.columns.device}</dt>
          <dd>
            <Devices devices={alert.devices} />
          </dd>
        </div>
        {alert.peer !== undefined && (
          <div>
            <dt>{t.peer}</dt>
            <dd>
              {alert.peer} <Copy text={alert.peer} />
            </dd>
          </div>
        )}
        {service !== '' && (
          <div>
            <dt>{t.service}</dt>
            <dd>{service}</dd>
          </div>
        )}
        <div>
          <dt>{t.columns.threat}</dt>
          <dd>{t.threats[alert.threat]}</dd>
        </div>
      </dl>
    </Sheet>
  );
}

/** The blind spot is always stated. */
export function Unseen({ alert }: SheetProps): JSX.Element {
  return (
    <Sheet title={t.unseen}>
      {alert.unseen.length === 0 ? <p>{t.unseenNone}</p> : <Bullets items={alert.unseen} />}
    </Sheet>
  );
}

export function Todo({ alert, onContain, onExpect }: ActProps): JSX.Element {
  const mayPropose = useMay('policy:propose');
  const mayTriage = useMay('triage');
  return (
    <Sheet title={t.todo}>
      <ol className="todo">
        <li>
          {alert.containable ? t.doContain : t.notContainable}
          {alert.containable && mayPropose && (
            <Button small onClick={onContain}>
              {t.contain}
            </Button>
          )}
        </li>
        <li>
          {t.fix}: <span {...inEnglish}>{alert.remedy}</span>
        </li>
        <li>
          {t.doExpect}
          {mayTriage && (
            <Button small onClick={onExpect}>
              {t.expected}
            </Button>
          )}
        </li>
      </ol>
    </Sheet>
  );
}

export function Log({ alert }: SheetProps): JSX.Element {
  return (
    <Sheet title={t.log}>
      <ol className="log">
        {alert.log.map(({ at, by, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries are appended and never move
          <li key={index}>
            <Time at={at} /> <span {...inEnglish}>{text}</span>{' '}
            <span className="soft">{t.changedBy(by)}</span>
          </li>
        ))}
      </ol>
      {alert.note !== undefined && (
        <p>
          {t.note}: {alert.note}
        </p>
      )}
    </Sheet>
  );
}

/** What else belongs to the incident. */
export function Same({ alert }: SheetProps): JSX.Element | null {
  if (alert.others.length === 0) return null;
  return (
    <Sheet title={t.same}>
      <ul className="same">
        {alert.others.map(({ id, severity, summary, lastAt }) => (
          <li key={id} className="alert-row">
            <Severity level={severity} />
            <Link href={`/alerts/${id}`} className="alert-summary" {...inEnglish}>
              {summary}
            </Link>
            <Time at={lastAt} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Bullets({ items }: { readonly items: readonly ReactNode[] }): JSX.Element {
  return (
    <ul className="bullets">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list of sentences that does not move
        <li key={index} {...inEnglish}>
          {item}
        </li>
      ))}
    </ul>
  );
}
