import type { JSX } from 'react';
import type { ReportItem } from '../../../src/model/api/daemon.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { reports as de } from '../words/de/reports.ts';
import { reports as en } from '../words/en/reports.ts';
import { inEnglish, words } from '../words/index.ts';
import { FewRows } from './few-rows.tsx';
import type { Listed } from './listed.ts';
import { listOf } from './listed.ts';
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
    <div className="sheet">
      <FewRows name={t.title} columns={COLUMNS} rows={reports} rowKey={({ id }) => id} />
    </div>
  );
}

const COLUMNS: readonly Column<ReportItem>[] = [
  { id: 'title', head: t.columns.title, cell: ({ title }) => <span {...inEnglish}>{title}</span> },
  {
    id: 'format',
    head: t.columns.format,
    cell: ({ extension }) => <code>{ending(extension)}</code>,
  },
  {
    id: 'get',
    head: t.columns.get,
    cell: ({ id, title, extension }) => (
      <a
        className="button small"
        href={apiUrl(`reports/${id}`)}
        download={`portolan${ending(extension)}`}
        aria-label={t.downloadOf(title)}
      >
        <span aria-hidden="true">↓</span> {t.download}
      </a>
    ),
  },
];

/** With its dot, however it came. */
function ending(extension: string): string {
  return `.${extension.replace(/^\.+/, '')}`;
}
