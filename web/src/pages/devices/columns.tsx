import type { JSX } from 'react';
import { Link } from 'wouter';
import type { DeviceItem, ServiceChip } from '../../../../src/model/api/site.ts';
import type { Choosable } from '../../parts/columns.ts';
import { Severity } from '../../parts/severity.tsx';
import { Time } from '../../parts/time.tsx';
import { devices as de } from '../../words/de/devices.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { devices as en } from '../../words/en/devices.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);
const parts = words(enParts, deParts);

type DeviceColumn = Choosable<DeviceItem>;

const NAME: DeviceColumn = {
  id: 'name',
  head: t.name,
  sort: 'name',
  width: '20%',
  cell: (row) => <DeviceLink row={row} />,
};
const KIND: DeviceColumn = {
  id: 'kind',
  head: t.kind,
  sort: 'kind',
  width: '9rem',
  cell: ({ kind }) => known(kind === 'unknown' ? '' : kind),
};
const ZONE: DeviceColumn = {
  id: 'zone',
  head: t.zone,
  sort: 'zone',
  width: '5.5rem',
  cell: ({ zone }) => known(zone),
};
const RISK: DeviceColumn = {
  id: 'risk',
  head: t.risk,
  sort: 'risk',
  width: '7.5rem',
  cell: ({ risk }) => <Severity level={risk} />,
};
const SERVICES: DeviceColumn = {
  id: 'services',
  head: t.services,
  sort: 'service.open',
  cell: ({ services }) => <Chips services={services} words={false} />,
};
const SERVICE_WORDS: DeviceColumn = {
  ...SERVICES,
  cell: ({ services }) => <Chips services={services} words />,
};
const NEEDS: DeviceColumn = {
  id: 'needs',
  head: t.needs,
  sort: 'service.needed',
  width: '6rem',
  cell: ({ needed, known: all }) => (all === 0 ? none() : t.needsOf(number(needed), number(all))),
};
const POLICY: DeviceColumn = {
  id: 'policy',
  head: t.policy,
  sort: 'policy',
  width: '6.5rem',
  cell: ({ policy }) => parts.policy[policy],
};
const LAST_SEEN: DeviceColumn = {
  id: 'lastSeen',
  head: t.lastSeen,
  sort: 'lastSeen',
  width: '7.5rem',
  cell: ({ lastSeen }) => <Time at={lastSeen} />,
};

function text(id: 'vendor' | 'model' | 'firmware' | 'address' | 'id', width: string): DeviceColumn {
  return {
    id,
    head: t[id],
    sort: id,
    width,
    usual: false,
    cell: (row) => (id === 'address' || id === 'id' ? <code>{row[id]}</code> : known(row[id])),
  };
}

function count(id: 'findings' | 'alerts' | 'unused', sort: string): DeviceColumn {
  return {
    id,
    head: t[id],
    sort,
    width: '6rem',
    number: true,
    usual: false,
    cell: (row) => number(row[id]),
  };
}

/** All that is known, to choose from. */
export const DETAILED: readonly DeviceColumn[] = [
  NAME,
  KIND,
  text('vendor', '9rem'),
  text('model', '9rem'),
  text('firmware', '7rem'),
  { ...text('address', '8.5rem'), usual: true },
  ZONE,
  RISK,
  SERVICES,
  NEEDS,
  POLICY,
  {
    id: 'category',
    head: t.category,
    sort: 'category',
    width: '9rem',
    usual: false,
    cell: ({ category }) => parts.category[category],
  },
  {
    id: 'mac',
    head: t.mac,
    sort: 'mac',
    width: '10rem',
    usual: false,
    cell: ({ macs }) => <code>{macs.join(' ')}</code>,
  },
  count('findings', 'findings'),
  count('alerts', 'alerts'),
  count('unused', 'service.unused'),
  {
    id: 'firstSeen',
    head: t.firstSeen,
    sort: 'firstSeen',
    width: '7.5rem',
    usual: false,
    cell: ({ firstSeen }) => <Time at={firstSeen} />,
  },
  LAST_SEEN,
  text('id', '9rem'),
];

/** What it is, whether it is safe, and what it does, in words. */
export const SIMPLE: readonly DeviceColumn[] = [NAME, KIND, RISK, SERVICE_WORDS, POLICY, LAST_SEEN];

function none(): JSX.Element {
  return <span className="soft">{parts.unknown}</span>;
}

function known(value: string): JSX.Element | string {
  return value === '' ? none() : value;
}

function DeviceLink({ row }: { readonly row: DeviceItem }): JSX.Element {
  return (
    <span className="device-link">
      <Link href={`/devices/${encodeURIComponent(row.id)}`} title={row.name}>
        {row.name}
      </Link>
      {row.fragile && (
        <span role="img" aria-label={t.fragile} title={t.fragile}>
          ⚠
        </span>
      )}
    </span>
  );
}

/** So many fit into a row. */
const SHOWN = 5;

const MARK: Readonly<Record<ServiceChip['verdict'], string>> = {
  close: '○',
  decide: '?',
  broken: '✕',
  tighten: '',
  encrypt: '◇',
  look: '!',
  fine: '',
  unknown: '',
};

/** Ports that are open, by number or by protocol; a mark where there is something to do. */
function Chips({
  services,
  words: inWords,
}: {
  readonly services: readonly ServiceChip[];
  readonly words: boolean;
}): JSX.Element {
  const shown = services.slice(0, SHOWN);
  return (
    <span className="chips">
      {shown.map(({ transport, port, protocol, verdict }) => {
        const name = protocol === 'unknown' ? t.unrecognised : protocol;
        const place = `${port}/${transport}`;
        return (
          <span
            key={place}
            className="chip"
            data-verdict={verdict}
            title={`${t.service(name, place)}: ${parts.verdict[verdict]}`}
          >
            {inWords ? name : port}
            {MARK[verdict]}
            <span className="visually-hidden">
              {inWords ? '' : ` ${name}`}, {parts.verdict[verdict]}
            </span>
          </span>
        );
      })}
      {services.length > SHOWN && (
        <span className="soft">{t.more(number(services.length - SHOWN))}</span>
      )}
    </span>
  );
}

function kindOf({ kind, category }: DeviceItem): string {
  return kind === '' || kind === 'unknown' ? parts.category[category] : kind;
}

/** A device where there is no room for columns. */
export function DeviceLines({ row }: { readonly row: DeviceItem }): JSX.Element {
  return (
    <>
      <div className="folded-head device-head">
        <span>
          <DeviceLink row={row} />
        </span>
        <Severity level={row.risk} />
      </div>
      <div className="folded-rest">
        <span className="soft">
          {[kindOf(row), row.zone, parts.policy[row.policy]].filter(Boolean).join(' · ')}
        </span>
        <Chips services={row.services} words={false} />
      </div>
    </>
  );
}
