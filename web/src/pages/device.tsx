import type { JSX } from 'react';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import type { DeviceView } from '../../../src/model/api/site.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { useTagged } from '../api/hooks.ts';
import { Button } from '../parts/button.tsx';
import { CopyAs, Id } from '../parts/copy.tsx';
import { Severity } from '../parts/severity.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { Time } from '../parts/time.tsx';
import { device as de } from '../words/de/device.ts';
import { parts as deParts } from '../words/de/parts.ts';
import { device as en } from '../words/en/device.ts';
import { parts as enParts } from '../words/en/parts.ts';
import { number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import { ContainDialog } from './alerts/contain-dialog.tsx';
import { ConflictOf } from './device/conflict.tsx';
import { Connections } from './device/connections.tsx';
import { EditDialog } from './device/edit-dialog.tsx';
import { AlertsTab, HistoryTab, PolicyTab, RawTab } from './device/more.tsx';
import { ServicesTab } from './device/services.tsx';
import { Summary } from './device/summary.tsx';
import type { Edit } from './device/use-edit.ts';
import { useEdit } from './device/use-edit.ts';
import { useMay } from './may.ts';
import './alerts.css';
import './shared.css';
import './device/device.css';

const t = words(en, de);
const parts = words(enParts, deParts);

const TABS = ['summary', 'services', 'connections', 'policy', 'alerts', 'history', 'raw'] as const;
type TabKey = (typeof TABS)[number];

/** Everything about one device: what it is, whether it is safe, what it needs, what it does. */
export function Page(): JSX.Element {
  const { id = '' } = useParams<{ id: string }>();
  const path = `devices/${encodeURIComponent(id)}`;
  const { data, error, refetch } = useTagged<DeviceView>(path);
  if (data === undefined) {
    return error === null ? (
      <Loading />
    ) : (
      <Failed isPage error={error} retry={() => void refetch()} />
    );
  }
  return (
    <>
      <Device key={id} device={data.value} etag={data.etag} />
      <CopyAs cli={`portolan devices show ${id} --evidence`} api={apiUrl(path)} />
    </>
  );
}

interface DeviceProps {
  readonly device: DeviceView;
  readonly etag: string;
}

function Device({ device, etag }: DeviceProps): JSX.Element {
  const [wish, setTab] = useParam('tab', 'summary');
  const tab = TABS.find((one) => one === wish) ?? 'summary';
  const [who, setWho] = useParam('who');
  const edit = useEdit(device, etag);
  const counts: Partial<Record<TabKey, number>> = {
    services: device.rows.length,
    alerts: device.alertList.length,
  };
  return (
    <>
      <Identity device={device} />
      <VerdictLine device={device} edit={edit} onWho={() => setWho('1')} />
      <div className="device-tabs">
        <Tabs
          name={t.tabsName}
          current={tab}
          onChange={setTab}
          tabs={TABS.map((key) => ({
            key,
            label:
              counts[key] === undefined ? t.tabs[key] : `${t.tabs[key]} (${number(counts[key])})`,
          }))}
        >
          <TabBody tab={tab} device={device} edit={edit} onWho={() => setWho('1')} />
        </Tabs>
      </div>
      {who !== '' && <EditDialog device={device} edit={edit} onClose={() => setWho('')} />}
      <ConflictOf edit={edit} />
    </>
  );
}

interface TabProps {
  readonly tab: TabKey;
  readonly device: DeviceView;
  readonly edit: Edit;
  readonly onWho: () => void;
}

function TabBody({ tab, device, edit, onWho }: TabProps): JSX.Element {
  switch (tab) {
    case 'summary':
      return <Summary device={device} edit={edit} onWho={onWho} />;
    case 'services':
      return <ServicesTab device={device} />;
    case 'connections':
      return <Connections device={device} />;
    case 'policy':
      return <PolicyTab device={device} />;
    case 'alerts':
      return <AlertsTab device={device} />;
    case 'history':
      return <HistoryTab device={device} />;
    case 'raw':
      return <RawTab device={device} />;
  }
}

/** What it is, in one line. */
function Identity({ device }: { readonly device: DeviceView }): JSX.Element {
  const made = [device.vendor, device.model].filter(Boolean).join(' ');
  const facts = [
    made === device.name ? '' : made,
    device.firmware && t.firmware(device.firmware),
    device.zone && t.zone(device.zone),
  ].filter(Boolean);
  return (
    <header className="device-title">
      <nav aria-label={t.list}>
        <Link href="/devices">{t.list}</Link> <span aria-hidden="true">▸</span>
      </nav>{' '}
      <h1>{device.name}</h1>
      <p className="device-facts">
        {facts.map((fact) => (
          <span key={fact} className="soft">
            {fact}
          </span>
        ))}
        <code>{device.address}</code>
        {device.macs[0] !== undefined && <code>{device.macs[0]}</code>}
        <Id id={device.id} />
        {device.behind !== undefined && (
          <span>
            {t.behind}{' '}
            <Link href={`/devices/${encodeURIComponent(device.behind)}`}>{device.behind}</Link>
          </span>
        )}
        <span className="soft">
          <Time at={device.lastSeen} />
        </span>
      </p>
    </header>
  );
}

interface VerdictLineProps {
  readonly device: DeviceView;
  readonly edit: Edit;
  readonly onWho: () => void;
}

/** Is it safe to keep, and what is to be done; then the acts. */
function VerdictLine({ device, edit, onWho }: VerdictLineProps): JSX.Element {
  const [, go] = useLocation();
  const mayEdit = useMay('triage');
  const mayContain = useMay('policy:propose');
  const [alert] = device.alertList;
  const [isContaining, setContaining] = useState(false);
  return (
    <section className="sheet verdict-line" aria-label={t.verdict}>
      <Severity level={device.risk} />
      <p {...inEnglish}>{device.verdict}</p>
      <span className="soft">{parts.policy[device.policy]}</span>
      <div className="page-actions">
        {edit.undo !== undefined && (
          <Button onClick={edit.undo}>
            <span aria-hidden="true">↶</span> {t.undo}
          </Button>
        )}
        {mayEdit && <Button onClick={onWho}>{t.edit}</Button>}
        {mayContain && (
          <Button look="danger" onClick={() => setContaining(true)}>
            {t.contain}
          </Button>
        )}
      </div>
      {isContaining && (
        <ContainDialog
          alert={{ devices: [device], ...(alert === undefined ? {} : { id: alert.id }) }}
          onClose={() => setContaining(false)}
          onApplied={({ id }) => go(`/changes/${encodeURIComponent(id)}`)}
        />
      )}
    </section>
  );
}
