import type { JSX } from 'react';
import type { DeviceView, ServiceItem } from '../../../../src/model/api/site.ts';
import { Sheet } from '../../parts/sheet.tsx';
import { Empty } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { device as de } from '../../words/de/device.ts';
import { parts as deParts } from '../../words/de/parts.ts';
import { device as en } from '../../words/en/device.ts';
import { parts as enParts } from '../../words/en/parts.ts';
import { words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';
import { LedgerTable, protocolName } from './ledger-table.tsx';

const t = words(en, de);
const parts = words(enParts, deParts);

export function ServicesTab({ device }: { readonly device: DeviceView }): JSX.Element {
  const inward = device.rows.filter(({ direction }) => direction === 'to-device');
  const outward = device.rows.filter(({ direction }) => direction === 'from-device');
  if (device.rows.length === 0) return <Empty title={t.noServices} />;
  return (
    <div className="device-column">
      {inward.length > 0 && (
        <Sheet title={t.toDevice}>
          <LedgerTable rows={inward} name={t.toDevice} />
        </Sheet>
      )}
      {outward.length > 0 && (
        <Sheet title={t.fromDevice}>
          <LedgerTable rows={outward} name={t.fromDevice} />
        </Sheet>
      )}
      {device.serviceList.length > 0 && (
        <Sheet title={t.details}>
          <Particulars services={device.serviceList} />
        </Sheet>
      )}
    </div>
  );
}

/** What was found out of each port that answered. */
function Particulars({ services }: { readonly services: readonly ServiceItem[] }): JSX.Element {
  return (
    <Scroll className="wide-table" name={t.details}>
      <table className="plain" aria-label={t.details}>
        <thead>
          <tr>
            {[
              t.port,
              t.version,
              t.encryption,
              t.access,
              t.certainty,
              t.seenBy,
              t.since,
              t.details,
            ].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <tr key={`${service.transport} ${service.port}`}>
              <th scope="row">
                <strong>{protocolName(service.protocol)}</strong>{' '}
                <span className="soft nowrap">
                  {service.port}/{service.transport}
                  {service.state !== 'open' && `, ${t.states[service.state]}`}
                </span>
              </th>
              <td>{service.version || <span className="soft">{parts.unknown}</span>}</td>
              <td>{service.encrypted ? t.encrypted : t.clear}</td>
              <td>{t.accessOf[service.access]}</td>
              <td>{parts.certainty[service.certainty]}</td>
              <td>{service.sources.map((source) => parts.source[source]).join(', ')}</td>
              <td>
                <Time at={service.firstSeen} />
              </td>
              <td>
                {service.details.map(({ name, value }) => (
                  <div key={name}>
                    <span className="soft">{name}: </span>
                    <bdi>{value}</bdi>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
