import type { JSX } from 'react';
import type { Lane } from '../../../../src/model/api/flows.ts';
import type { DeviceView } from '../../../../src/model/api/site.ts';
import { useParam } from '../../address.ts';
import { useApi } from '../../api/hooks.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { bytes, dateTime, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { DevicePick } from '../device-pick.tsx';
import type { Listed } from '../listed.ts';
import { listOf } from '../listed.ts';
import { Scroll } from '../scroll.tsx';
import { LaneChart } from './lane-chart.tsx';

const t = words(en, de);

/** One device over time: a lane for each service and other end. */
export function Lanes({ since }: { readonly since: string }): JSX.Element {
  const [id, setId] = useParam('device');
  const { data: device } = useApi<DeviceView>(`devices/${id}`, {}, { enabled: id !== '' });
  return (
    <div className="lanes">
      <DevicePick
        key={device?.name ?? ''}
        label={t.devicePick}
        picked={device}
        onPick={(picked) => setId(picked?.id ?? '')}
      />
      {id === '' ? (
        <Empty title={t.deviceNone} />
      ) : (
        <Of id={id} name={device?.name ?? id} since={since} />
      )}
    </div>
  );
}

interface OfProps {
  readonly id: string;
  readonly name: string;
  readonly since: string;
}

function Of({ id, name, since }: OfProps): JSX.Element {
  const { data, error, refetch } = useApi<Listed<Lane>>(
    `devices/${id}/lanes`,
    { since },
    { keep: true },
  );
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  const lanes = listOf(data);
  if (lanes.every(({ bars }) => bars.length === 0)) return <Empty title={t.lanesEmpty} />;
  return (
    <>
      <LaneChart lanes={lanes} name={t.lanesName(name)} />
      <details className="same-data">
        <summary>{t.sameData}</summary>
        <LaneTable lanes={lanes} name={t.lanesName(name)} />
      </details>
    </>
  );
}

/** Bars in sight of one lane; all the rest is counted. */
const SHOWN_BARS = 6;

interface LaneTableProps {
  readonly lanes: readonly Lane[];
  readonly name: string;
}

function LaneTable({ lanes, name }: LaneTableProps): JSX.Element {
  return (
    <Scroll name={t.sameData} className="sheet scroll-x">
      <table className="plain" aria-label={name}>
        <thead>
          <tr>
            <th scope="col">{t.peer}</th>
            <th scope="col">{t.columns.service}</th>
            <th scope="col">{t.direction}</th>
            <th scope="col" className="number">
              {t.title}
            </th>
            <th scope="col" className="number">
              {t.bytes}
            </th>
            <th scope="col">{t.bars}</th>
          </tr>
        </thead>
        <tbody>
          {lanes.map(({ peer, service, direction, flows, bars }) => (
            <tr key={`${direction} ${service} ${peer}`}>
              <th scope="row">{peer}</th>
              <td>{service}</td>
              <td>{direction === 'to-device' ? t.toDevice : t.fromDevice}</td>
              <td className="number">{number(flows)}</td>
              <td className="number">{bytes(bars.reduce((sum, bar) => sum + bar.bytes, 0))}</td>
              <td>
                {bars
                  .slice(-SHOWN_BARS)
                  .map(({ from, to }) => t.barText(dateTime(from), dateTime(to)))
                  .join('; ')}
                {bars.length > SHOWN_BARS && ` ${t.more(bars.length - SHOWN_BARS)}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
