import type { JSX } from 'react';
import { Link } from 'wouter';
import type { Lane } from '../../../../src/model/api/flows.ts';
import type { DeviceView } from '../../../../src/model/api/site.ts';
import { useApi } from '../../api/hooks.ts';
import { Since } from '../../parts/since.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { useSince } from '../../since.ts';
import { device as de } from '../../words/de/device.ts';
import { device as en } from '../../words/en/device.ts';
import { bytes, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { LaneChart } from '../flows/lane-chart.tsx';
import type { Listed } from '../listed.ts';
import { listOf } from '../listed.ts';
import { Scroll } from '../scroll.tsx';
import '../flows.css';

const t = words(en, de);

/** With whom it talks: one lane a peer and service, over time. */
export function Connections({ device }: { readonly device: DeviceView }): JSX.Element {
  const [since, setSince] = useSince();
  const path = `devices/${encodeURIComponent(device.id)}/lanes`;
  const { data, error, refetch } = useApi<Listed<Lane>>(path, { since }, { keep: true });
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  const lanes = listOf(data);
  return (
    <div className="device-column">
      <div className="page-actions">
        <Since value={since} onChange={setSince} />
        <Link
          className="button small"
          href={`/flows?view=table&filter=${encodeURIComponent(`address = ${device.address}`)}`}
        >
          {t.allFlows}
        </Link>
      </div>
      {lanes.every(({ bars }) => bars.length === 0) ? (
        <Empty title={t.noConnections}>
          <p>{t.noConnectionsMore}</p>
        </Empty>
      ) : (
        <>
          <LaneChart lanes={lanes} name={t.tabs.connections} />
          <LaneTable lanes={lanes} />
        </>
      )}
    </div>
  );
}

/** The same as numbers. */
function LaneTable({ lanes }: { readonly lanes: readonly Lane[] }): JSX.Element {
  return (
    <Scroll className="sheet wide-table" name={t.bytes}>
      <table className="plain" aria-label={t.tabs.connections}>
        <thead>
          <tr>
            <th scope="col">{t.peer}</th>
            <th scope="col">{t.service}</th>
            <th scope="col" className="number">
              {t.flows}
            </th>
            <th scope="col" className="number">
              {t.bytes}
            </th>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <tr key={`${lane.direction} ${lane.peer} ${lane.service}`}>
              <th scope="row">
                <span aria-hidden="true">{lane.direction === 'to-device' ? '← ' : '→ '}</span>
                {lane.peer}
              </th>
              <td>{lane.service}</td>
              <td className="number">{number(lane.flows)}</td>
              <td className="number">
                {bytes(lane.bars.reduce((sum, bar) => sum + bar.bytes, 0))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
