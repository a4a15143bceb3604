import type { JSX } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { CompletionView } from '../../../src/model/api/query.ts';
import type { ApiError } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { number } from '../words/format.ts';
import { inEnglish, words } from '../words/index.ts';
import type { GivenView } from './views-menu.tsx';
import { ViewsMenu } from './views-menu.tsx';

const t = words(en, de);

/** A pause while typing, after which the list follows. */
const PAUSE_MS = 80;

interface FilterBarProps {
  readonly resource: keyof typeof t.filterHints;
  readonly value: string;
  readonly onChange: (filter: string) => void;
  /** Of the list that was asked with it: a filter that is none is a 400 with the place. */
  readonly error?: ApiError | undefined;
  readonly total?: number;
  /** The server stopped counting: there may be more. */
  readonly isAtLeast?: boolean;
  readonly all?: number;
  readonly views?: readonly GivenView[];
  readonly children?: React.ReactNode;
}

/** The filter language of the command line, judged while it is typed. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { resource, value, onChange, error, total, isAtLeast, all, views = [], children } = props;
  const id = useId();
  const [draft, setDraft] = useState(value);
  const sent = useRef(value);
  // Somebody else changed it: a link, the back button.
  if (value !== sent.current) {
    sent.current = value;
    setDraft(value);
  }
  useEffect(() => {
    if (draft === sent.current) return;
    const timer = window.setTimeout(() => {
      sent.current = draft;
      onChange(draft);
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [draft, onChange]);
  const { data } = useApi<CompletionView>(
    'query/complete',
    { resource, text: value },
    { enabled: value !== '', keep: true },
  );
  const wrong = error?.problem.status === 400 || error?.problem.status === 422 ? error : undefined;
  return (
    <search className="filter-bar">
      <label htmlFor={id}>{t.filter}</label>
      <input
        id={id}
        type="search"
        value={draft}
        placeholder={t.filterHints[resource]}
        list={`${id}-list`}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-invalid={wrong === undefined ? undefined : true}
        aria-describedby={`${id}-state`}
        onChange={(event) => setDraft(event.target.value)}
      />
      <datalist id={`${id}-list`}>
        {value !== '' &&
          data?.suggestions.map(({ insert, from, help }) => (
            <option key={insert} value={`${value.slice(0, from)}${insert}`}>
              {help}
            </option>
          ))}
      </datalist>
      <output id={`${id}-state`} className="filter-state" data-wrong={wrong !== undefined}>
        {wrong === undefined ? (
          <Count total={total} isAtLeast={isAtLeast} all={all} filtered={value !== ''} />
        ) : (
          <>
            <span aria-hidden="true">✕</span> <span {...inEnglish}>{wrong.message}</span>
          </>
        )}
      </output>
      <ViewsMenu given={views} filter={value} onFilter={onChange} />
      {children}
    </search>
  );
}

function Count({
  total,
  isAtLeast = false,
  all,
  filtered,
}: {
  readonly total: number | undefined;
  readonly isAtLeast: boolean | undefined;
  readonly all: number | undefined;
  readonly filtered: boolean;
}): JSX.Element | null {
  if (total === undefined || all === undefined) return null;
  if (!filtered) return <>{number(all)}</>;
  return (
    <>
      <span aria-hidden="true">✓ </span>
      {t.filterValid} · {t.of(isAtLeast ? t.atLeast(number(total)) : number(total), number(all))}
    </>
  );
}
