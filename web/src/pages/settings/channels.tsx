import type { JSX } from 'react';
import type { ChannelTest, ChannelView, SettingsView } from '../../../../src/model/api/daemon.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { number } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';
import { useMay } from '../may.ts';
import { ByFile } from './by-file.tsx';

const t = words(en, de);

/** As docs/guides/notifications.md has it. */
const EXAMPLE = `channels:
  phone: {type: ntfy, url: https://ntfy.example/home}
alerts:
  - {when: 'severity>=high', to: [phone]}`;

const MARKS = { ok: '✓', failing: '✕', unknown: '?' } as const;

/** Who is told, whether it works, and a test for each. */
export function Channels(): JSX.Element {
  const { data, error, refetch } = useApi<SettingsView>('settings');
  const may = useMay('admin');
  const test = useSend(
    (id: string) => send<ChannelTest>('POST', `channels/${id}/test`, {}),
    ['settings'],
  );
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.channels.length === 0) {
    return (
      <div className="sheet">
        <ByFile
          title={t.noChannels}
          text={t.noChannelsText}
          example={EXAMPLE}
          command="portolan config validate"
        />
      </div>
    );
  }
  const act: Column<ChannelView> = {
    id: 'act',
    head: t.actions,
    cell: ({ id }) => (
      <Button
        small
        disabled={test.isPending && test.variables === id}
        aria-label={t.testOf(id)}
        onClick={() =>
          test.mutate(id, {
            onSuccess: ({ ok, text }) => (ok ? say(t.tested(id)) : say(t.notSent, text)),
          })
        }
      >
        {t.test}
      </Button>
    ),
  };
  return (
    <>
      {test.error !== null && <Failed error={test.error} />}
      <div className="sheet">
        <FewRows
          name={t.channels}
          columns={may ? [...COLUMNS, act] : COLUMNS}
          rows={data.channels}
          rowKey={({ id }) => id}
        />
      </div>
    </>
  );
}

const COLUMNS: readonly Column<ChannelView>[] = [
  { id: 'id', head: t.channel, cell: ({ id }) => id },
  { id: 'type', head: t.kind, cell: ({ type }) => type },
  {
    id: 'state',
    head: t.state,
    cell: ({ state, error }) => (
      <>
        <span aria-hidden="true">{MARKS[state]}</span>{' '}
        <span className={state === 'failing' ? 'bad' : undefined}>{t.channelStates[state]}</span>
        {error !== undefined && (
          <span className="soft">
            : <span {...inEnglish}>{error}</span>
          </span>
        )}
      </>
    ),
  },
  {
    id: 'last',
    head: t.lastDelivered,
    cell: ({ lastDelivered }) =>
      lastDelivered === undefined ? t.never : <Time at={lastDelivered} />,
  },
  { id: 'waiting', head: t.waiting, number: true, cell: ({ waiting }) => number(waiting) },
  { id: 'parked', head: t.parked, number: true, cell: ({ parked }) => number(parked) },
];
