import type { JSX } from 'react';
import type { SettingsView } from '../../../../src/model/api/daemon.ts';
import { useApi } from '../../api/hooks.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';

const t = words(en, de);

/** Every setting with where it comes from. */
export function Config(): JSX.Element {
  const { data, error, refetch } = useApi<SettingsView>('settings');
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  return (
    <>
      <p>
        {t.configLead} {data.file !== '' && <code>{data.file}</code>}
      </p>
      <div className="sheet">
        <FewRows name={t.config} columns={COLUMNS} rows={data.entries} rowKey={({ key }) => key} />
      </div>
    </>
  );
}

const COLUMNS: readonly Column<SettingsView['entries'][number]>[] = [
  { id: 'key', head: t.setting, cell: ({ key }) => <code>{key}</code> },
  { id: 'value', head: t.value, cell: ({ value }) => <code>{value}</code> },
  { id: 'origin', head: t.origin, cell: ({ origin }) => <span className="soft">{origin}</span> },
];
