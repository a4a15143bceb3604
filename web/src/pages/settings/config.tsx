import type { JSX } from 'react';
import type { SettingsView } from '../../../../src/model/api/daemon.ts';
import { useApi } from '../../api/hooks.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';

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
      <Scroll name={t.config} className="sheet settings-table">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t.setting}</th>
              <th scope="col">{t.value}</th>
              <th scope="col">{t.origin}</th>
            </tr>
          </thead>
          <tbody>
            {data.entries.map(({ key, value, origin }) => (
              <tr key={key}>
                <th scope="row">
                  <code>{key}</code>
                </th>
                <td>
                  <code>{value}</code>
                </td>
                <td className="soft">{origin}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}
