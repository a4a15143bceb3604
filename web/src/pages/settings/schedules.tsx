import type { JSX } from 'react';
import type { SettingsView } from '../../../../src/model/api/daemon.ts';
import { useApi } from '../../api/hooks.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { dateTime } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';
import { ByFile } from './by-file.tsx';

const t = words(en, de);

/** What happens by itself, when it did last and when it will next. */
export function Schedules(): JSX.Element {
  const { data, error, refetch } = useApi<SettingsView>('settings');
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.schedules.length === 0) {
    return (
      <ByFile
        title={t.noSchedules}
        text={t.schedulesText}
        example={EXAMPLE}
        command="portolan config validate"
      />
    );
  }
  return (
    <FewRows name={t.schedules} columns={COLUMNS} rows={data.schedules} rowKey={({ id }) => id} />
  );
}

const EXAMPLE = `schedules:
  - {what: scan, every: 1d}`;

/** `17 3 * * *` (crontab(5)): every day; when exactly is said beside it. */
const DAILY = /^\d+ \d+ \* \* \*$/;

function whenText(when: string): JSX.Element {
  return DAILY.test(when) ? <span title={when}>{t.daily}</span> : <code>{when}</code>;
}

const COLUMNS: readonly Column<SettingsView['schedules'][number]>[] = [
  { id: 'what', head: t.what, cell: ({ what }) => <span {...inEnglish}>{what}</span> },
  { id: 'when', head: t.when, cell: ({ when }) => whenText(when) },
  {
    id: 'next',
    head: t.next,
    cell: ({ next }) => (next === undefined ? '–' : dateTime(next)),
  },
  {
    id: 'last',
    head: t.last,
    cell: ({ last }) => (last === undefined ? t.never : <Time at={last} />),
  },
];
