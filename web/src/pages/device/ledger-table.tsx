import type { JSX } from 'react';
import { useState } from 'react';
import type { LedgerItem } from '../../../../src/model/api/site.ts';
import { Answer } from '../../parts/answer.tsx';
import { Button } from '../../parts/button.tsx';
import { Verdict } from '../../parts/verdict.tsx';
import { device as de } from '../../words/de/device.ts';
import { device as en } from '../../words/en/device.ts';
import { inEnglish, words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';
import { Why } from './why.tsx';

const t = words(en, de);

const QUESTIONS = ['open', 'used', 'needed', 'allowed'] as const;

interface LedgerTableProps {
  readonly rows: readonly LedgerItem[];
  readonly name: string;
  /** Without the reasons. */
  readonly brief?: boolean;
}

/** The four questions of every port, each with its answer and why. */
export function LedgerTable({ rows, name, brief = false }: LedgerTableProps): JSX.Element {
  const [asked, setAsked] = useState<{ readonly what: string; readonly ids: readonly number[] }>();
  return (
    <Scroll className="wide-table" name={name}>
      <table className="plain ledger" data-brief={brief} aria-label={name}>
        <thead>
          <tr>
            <th scope="col">{t.port}</th>
            {QUESTIONS.map((question) => (
              <th key={question} scope="col">
                {t.questions[question]}
              </th>
            ))}
            <th scope="col">{t.todo}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.direction} ${row.transport} ${row.port}`}>
              <th scope="row">
                <span aria-hidden="true">{row.direction === 'from-device' ? '→ ' : ''}</span>
                <strong>{protocolName(row.protocol)}</strong>{' '}
                <span className="soft nowrap">
                  {row.port}/{row.transport}
                </span>
              </th>
              {QUESTIONS.map((question) => {
                const { answer, because, evidence, citation } = row[question];
                return (
                  <td key={question} data-label={t.questions[question]}>
                    <Answer answer={answer} because={because} />
                    {!brief && (
                      <p className="soft because" {...inEnglish}>
                        {because}
                      </p>
                    )}
                    {!brief && citation !== undefined && (
                      <p className="soft because" {...inEnglish}>
                        {citation}
                      </p>
                    )}
                    {!brief && evidence !== undefined && evidence.length > 0 && (
                      <Button
                        small
                        look="quiet"
                        aria-label={t.whyTitle(because)}
                        onClick={() => setAsked({ what: because, ids: evidence })}
                      >
                        {t.why}
                      </Button>
                    )}
                  </td>
                );
              })}
              <td className="ledger-todo">
                <Verdict verdict={row.verdict} />
                <p className="because" {...inEnglish}>
                  {row.advice}
                </p>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked !== undefined && (
        <Why what={asked.what} ids={asked.ids} onClose={() => setAsked(undefined)} />
      )}
    </Scroll>
  );
}

export function protocolName(protocol: string): string {
  return protocol === 'unknown' ? t.unrecognised : protocol;
}
