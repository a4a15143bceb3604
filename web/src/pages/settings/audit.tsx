import type { JSX } from 'react';
import type { AuditView } from '../../../../src/model/api/auth.ts';
import { usePages } from '../../api/pages.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import type { Column } from '../../parts/data-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { dateTime } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { FewRows } from '../few-rows.tsx';

const t = words(en, de);

const VERIFY = 'portolan audit verify';
/** Of a hash, enough to compare by eye; the whole one is its title. */
const LETTERS = 12;

/** Who did what, in order, each entry tied to the one before. */
export function Audit(): JSX.Element {
  const { items, total, error, isLoading, reach, again } = usePages<AuditView>('audit');
  if (error !== undefined && items.length === 0) return <Failed error={error} retry={again} />;
  if (isLoading) return <Loading />;
  if (items.length === 0) return <Empty title={t.auditEmpty} />;
  return (
    <>
      <p>
        {t.auditLead} <code>{VERIFY}</code> <Copy text={VERIFY} />
      </p>
      <div className="sheet">
        <FewRows name={t.audit} columns={COLUMNS} rows={items} rowKey={({ seq }) => String(seq)} />
      </div>
      {items.length < total && (
        <p>
          <Button onClick={() => reach(items.length)}>{t.older}</Button>
        </p>
      )}
    </>
  );
}

const COLUMNS: readonly Column<AuditView>[] = [
  { id: 'at', head: t.at, cell: ({ at }) => <span className="nowrap">{dateTime(at)}</span> },
  { id: 'who', head: t.who, cell: ({ who }) => who },
  { id: 'what', head: t.did, cell: ({ what }) => <span {...inEnglish}>{what}</span> },
  { id: 'why', head: t.note, cell: ({ why }) => why },
  {
    id: 'hash',
    head: t.hash,
    cell: ({ hash }) => <code title={hash}>{hash.slice(0, LETTERS)}</code>,
  },
];
