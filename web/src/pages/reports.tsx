import type { JSX } from 'react';
import type { ReportItem } from '../../../src/model/api/daemon.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { reports as de } from '../words/de/reports.ts';
import { reports as en } from '../words/en/reports.ts';
import { words } from '../words/index.ts';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
import { Scroll } from './scroll.tsx';
import { Schedules } from './settings/schedules.tsx';
import './shared.css';

const t = words(en, de);

/** What is known now, as files for people and programs. */
export function Page(): JSX.Element {
  const { data, error, refetch } = useApi<Listed<ReportItem>>('reports');
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
        <p className="soft">{t.lead}</p>
      </header>
      <p>{t.asOf}</p>
      {error !== null && <Failed error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Loading />}
      {data !== undefined && <List reports={listOf(data)} />}
      <section className="sheet">
        <h2>{t.regularly}</h2>
        <Schedules />
      </section>
      <CopyAs cli="portolan report -o report.html" api={apiUrl('reports')} />
    </>
  );
}

function List({ reports }: { readonly reports: readonly ReportItem[] }): JSX.Element {
  if (reports.length === 0) return <Empty title={t.empty} />;
  return (
    <Scroll name={t.title} className="sheet scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">{t.columns.title}</th>
            <th scope="col">{t.columns.format}</th>
            <th scope="col">{t.columns.get}</th>
          </tr>
        </thead>
        <tbody>
          {reports.map(({ id, title, extension }) => (
            <tr key={id}>
              <th scope="row">{title}</th>
              <td>
                <code>.{extension}</code>
              </td>
              <td>
                <a
                  className="button small"
                  href={apiUrl(`reports/${id}`)}
                  download={`portolan.${extension}`}
                  aria-label={t.downloadOf(title)}
                >
                  <span aria-hidden="true">↓</span> {t.download}
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
