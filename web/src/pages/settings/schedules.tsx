import type { JSX } from 'react';
import type { SettingsView } from '../../../../src/model/api/daemon.ts';
import { useApi } from '../../api/hooks.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { dateTime } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { ByFile } from './by-file.tsx';

const t = words(en, de);

/** What happens by itself, when it did last and when it will next. */
export function Schedules(): JSX.Element {
  const { data, error, refetch } = useApi<SettingsView>('settings');
  if (data === undefined) {
    return error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />;
  }
  if (data.schedules.length === 0) {
    return <ByFile title={t.noSchedules} text={t.schedulesText} command="portolan config schema" />;
  }
  return (
    <div className="scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.when}</th>
            <th scope="col">{t.next}</th>
            <th scope="col">{t.last}</th>
          </tr>
        </thead>
        <tbody>
          {data.schedules.map(({ id, what, when, next, last }) => (
            <tr key={id}>
              <th scope="row">{what}</th>
              <td>
                <code>{when}</code>
              </td>
              <td>{next === undefined ? '–' : dateTime(next)}</td>
              <td>{last === undefined ? t.never : <Time at={last} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
