import type { JSX } from 'react';
import type { Lane } from '../../../../src/model/api/flows.ts';
import type { DeviceView } from '../../../../src/model/api/site.ts';
import { useParam } from '../../address.ts';
import { useApi } from '../../api/hooks.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { flows as de } from '../../words/de/flows.ts';
import { flows as en } from '../../words/en/flows.ts';
import { bytes, dateTime, number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { DevicePick } from '../device-pick.tsx';
import { FewRows } from '../few-rows.tsx';
import type { Listed } from '../listed.ts';
import { listOf } from '../listed.ts';
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
    <div className="sheet">
      <FewRows
        name={name}
        columns={COLUMNS}
        rows={lanes}
        rowKey={({ direction, service, peer }) => `${direction} ${service} ${peer}`}
      />
    </div>
  );
}

const COLUMNS: readonly Column<Lane>[] = [
  { id: 'peer', head: t.peer, cell: ({ peer }) => peer },
  { id: 'service', head: t.columns.service, cell: ({ service }) => service },
  {
    id: 'direction',
    head: t.direction,
    cell: ({ direction }) => (direction === 'to-device' ? t.toDevice : t.fromDevice),
  },
  { id: 'flows', head: t.conversations, number: true, cell: ({ flows }) => number(flows) },
  {
    id: 'bytes',
    head: t.bytes,
    number: true,
    cell: ({ bars }) => bytes(bars.reduce((sum, bar) => sum + bar.bytes, 0)),
  },
  { id: 'bars', head: t.bars, cell: ({ bars }) => whenText(bars) },
];

function whenText(bars: Lane['bars']): string {
  const shown = bars
    .slice(-SHOWN_BARS)
    .map(({ from, to }) => t.barText(dateTime(from), dateTime(to)))
    .join('; ');
  return bars.length > SHOWN_BARS ? `${shown} ${t.more(bars.length - SHOWN_BARS)}` : shown;
}
