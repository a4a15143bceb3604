import type { JSX } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import type { CompletionView } from '../../../src/model/api/query.ts';
import type { ApiError } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { number } from '../words/format.ts';
import { words } from '../words/index.ts';

const t = words(en, de);

/** A pause while typing, after which the list follows. */
const PAUSE_MS = 80;

interface FilterBarProps {
  /** Of which list: `devices`. */
  readonly resource: string;
  readonly value: string;
  readonly onChange: (filter: string) => void;
  /** Of the list that was asked with it: a filter that is none is a 400 with the place. */
  readonly error?: ApiError | undefined;
  readonly total?: number;
  readonly all?: number;
  readonly children?: React.ReactNode;
}

/** The filter language of the command line, judged while it is typed. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { resource, value, onChange, error, total, all, children } = props;
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
        placeholder={t.filterHint}
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
          <Count total={total} all={all} filtered={value !== ''} />
        ) : (
          <>
            <span aria-hidden="true">✕</span> {wrong.message}
          </>
        )}
      </output>
      {children}
    </search>
  );
}

function Count({
  total,
  all,
  filtered,
}: {
  readonly total: number | undefined;
  readonly all: number | undefined;
  readonly filtered: boolean;
}): JSX.Element | null {
  if (total === undefined || all === undefined) return null;
  if (!filtered) return <>{number(all)}</>;
  return (
    <>
      <span aria-hidden="true">✓ </span>
      {t.filterValid} · {t.of(number(total), number(all))}
    </>
  );
}
