import type { JSX } from 'react';
import type { ChannelView, SettingsView } from '../../../../src/model/api/daemon.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { number } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { useMay } from '../may.ts';
import { Scroll } from '../scroll.tsx';
import { ByFile } from './by-file.tsx';

const t = words(en, de);

const MARKS = { ok: '✓', failing: '✕', unknown: '?' } as const;

/** Who is told, whether it works, and a test for each. */
export function Channels(): JSX.Element {
  const { data, error, refetch } = useApi<SettingsView>('settings');
  const test = useSend((id: string) => send('POST', `channels/${id}/test`), ['settings']);
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.channels.length === 0) {
    return (
      <div className="sheet">
        <ByFile title={t.noChannels} text={t.noChannelsText} command="portolan config schema" />
      </div>
    );
  }
  return (
    <>
      {test.error !== null && <Failed error={test.error} />}
      <Scroll name={t.channels} className="sheet settings-table">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t.channel}</th>
              <th scope="col">{t.kind}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.lastDelivered}</th>
              <th scope="col" className="number">
                {t.waiting}
              </th>
              <th scope="col" className="number">
                {t.parked}
              </th>
              <th scope="col">{t.actions}</th>
            </tr>
          </thead>
          <tbody>
            {data.channels.map((channel) => (
              <Row
                key={channel.id}
                channel={channel}
                isPending={test.isPending && test.variables === channel.id}
                onTest={() =>
                  test.mutate(channel.id, { onSuccess: () => say(t.tested(channel.id)) })
                }
              />
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

interface RowProps {
  readonly channel: ChannelView;
  readonly isPending: boolean;
  readonly onTest: () => void;
}

function Row({ channel, isPending, onTest }: RowProps): JSX.Element {
  const { id, type, state, lastDelivered, waiting, parked, error } = channel;
  const may = useMay('triage');
  return (
    <tr>
      <th scope="row">{id}</th>
      <td>{type}</td>
      <td>
        <span aria-hidden="true">{MARKS[state]}</span>{' '}
        <span className={state === 'failing' ? 'bad' : undefined}>{t.channelStates[state]}</span>
        {error !== undefined && <span className="soft">: {error}</span>}
      </td>
      <td>{lastDelivered === undefined ? t.never : <Time at={lastDelivered} />}</td>
      <td className="number">{number(waiting)}</td>
      <td className="number">{number(parked)}</td>
      <td>
        {may && (
          <Button small disabled={isPending} aria-label={t.testOf(id)} onClick={onTest}>
            {t.test}
          </Button>
        )}
      </td>
    </tr>
  );
}
