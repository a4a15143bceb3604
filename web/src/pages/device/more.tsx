import type { JSX } from 'react';
import { Link } from 'wouter';
import type { ChangeEvent, DeviceView } from '../../../../src/model/api/site.ts';
import { Copy } from '../../parts/copy.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { device as de } from '../../words/de/device.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { device as en } from '../../words/en/device.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { dateTime } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { LedgerTable } from './ledger-table.tsx';

const t = words(en, de);
const parts = words(enParts, deParts);

/** How far the policy is with it, and what it says of each of its ports. */
export function PolicyTab({ device }: { readonly device: DeviceView }): JSX.Element {
  return (
    <div className="device-column">
      <Sheet title={`${t.policyState}: ${parts.policy[device.policy]}`}>
        <p className="pad">{t.policyOf[device.policy]}</p>
        <p className="pad page-actions">
          <Link className="button small" href={`/policy?learn=${encodeURIComponent(device.id)}`}>
            {t.learn}
          </Link>
          <Link className="button small" href="/policy">
            {t.openPolicy}
          </Link>
        </p>
      </Sheet>
      {device.rows.length > 0 && (
        <Sheet title={t.ports}>
          <LedgerTable rows={device.rows} name={t.ports} brief />
        </Sheet>
      )}
    </div>
  );
}

export function AlertsTab({ device }: { readonly device: DeviceView }): JSX.Element {
  const all = `/alerts?filter=${encodeURIComponent(`device = ${device.id}`)}`;
  return (
    <Sheet title={t.openAlerts}>
      {device.alertList.length === 0 ? (
        <p className="soft pad">{t.noAlerts}</p>
      ) : (
        <ul className="lines">
          {device.alertList.map(({ id, name }) => (
            <li key={id}>
              <Link href={`/alerts/${encodeURIComponent(id)}`}>{name}</Link> <code>{id}</code>
            </li>
          ))}
        </ul>
      )}
      <p className="pad">
        <Link href={all}>{t.allAlerts}</Link>
      </p>
    </Sheet>
  );
}

export function HistoryTab({ device }: { readonly device: DeviceView }): JSX.Element {
  return (
    <Sheet title={t.tabs.history}>
      <Events events={device.history} />
      <p className="pad soft">
        {t.firstSeen}: {dateTime(device.firstSeen)}
      </p>
    </Sheet>
  );
}

const MARK: Readonly<Record<ChangeEvent['kind'], string>> = {
  'device-new': '●',
  'port-opened': '+',
  'port-closed': '−',
  'protocol-changed': '⇄',
  'attribute-changed': '✎',
  alert: '▲',
  'change-applied': '⚑',
};

/** The newest first, on a line. */
export function Events({ events }: { readonly events: readonly ChangeEvent[] }): JSX.Element {
  if (events.length === 0) return <Empty title={t.noHistory} />;
  return (
    <ol className="device-timeline">
      {events.map((event) => (
        <li key={`${event.at} ${event.kind} ${event.text}`}>
          <span className="device-timeline-mark" aria-hidden="true">
            {MARK[event.kind]}
          </span>
          <span className="soft">
            <Time at={event.at} />
          </span>
          <span {...inEnglish}>{event.text}</span>
        </li>
      ))}
    </ol>
  );
}

export function RawTab({ device }: { readonly device: DeviceView }): JSX.Element {
  const text = JSON.stringify(device, undefined, 2);
  return (
    <Sheet title={t.rawHelp}>
      <p className="pad">
        <Copy text={text} label={`${parts.copyAs} JSON`} />
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
      <pre className="raw" tabIndex={0}>
        {text}
      </pre>
    </Sheet>
  );
}
