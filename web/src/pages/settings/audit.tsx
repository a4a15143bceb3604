import type { JSX } from 'react';
import type { AuditView } from '../../../../src/model/api/auth.ts';
import { usePages } from '../../api/pages.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { dateTime } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';

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
      <Scroll name={t.audit} className="sheet settings-table">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t.at}</th>
              <th scope="col">{t.who}</th>
              <th scope="col">{t.did}</th>
              <th scope="col">{t.why}</th>
              <th scope="col">{t.hash}</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ seq, at, who, what, why, hash }) => (
              <tr key={seq}>
                <td className="nowrap">{dateTime(at)}</td>
                <td>{who}</td>
                <td>{what}</td>
                <td>{why}</td>
                <td>
                  <code title={hash}>{hash.slice(0, LETTERS)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {items.length < total && (
        <p>
          <Button onClick={() => reach(items.length)}>{t.older}</Button>
        </p>
      )}
    </>
  );
}
