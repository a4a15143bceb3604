import type { JSX } from 'react';
import type { PolicyProblem } from '../../../../src/model/api/policy.ts';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { number } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';

const t = words(en, de);

/** In sight at once; all the rest is counted. */
const SHOWN = 50;

interface ProblemListProps {
  readonly id?: string;
  readonly problems: readonly PolicyProblem[];
  readonly onJump?: (problem: PolicyProblem) => void;
}

/** What is wrong or odd, where, and what to do; each leads to its place. */
export function ProblemList({ id, problems, onJump }: ProblemListProps): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <ul id={id} className="problems" aria-label={t.problemList}>
      {problems.slice(0, SHOWN).map((problem) => {
        const { line, column, severity, message, remedy } = problem;
        const place = t.lineColumn(line, column);
        return (
          <li key={`${line} ${column} ${message}`} data-severity={severity}>
            <span aria-hidden="true">{severity === 'error' ? '✕' : '◆'}</span>
            <span>
              <strong>{severity === 'error' ? t.error : t.warning}</strong>{' '}
              {onJump === undefined ? (
                place
              ) : (
                <button type="button" className="link" onClick={() => onJump(problem)}>
                  {place}
                </button>
              )}
              :{' '}
              <span {...inEnglish}>
                {message}
                {remedy !== '' && <span className="soft problem-remedy">{remedy}</span>}
              </span>
            </span>
          </li>
        );
      })}
      {problems.length > SHOWN && <li>+{number(problems.length - SHOWN)}</li>}
    </ul>
  );
}
