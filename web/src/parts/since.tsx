import type { JSX } from 'react';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';

const t = words(en, de);

const SPANS: readonly (readonly [since: string, label: string])[] = Object.entries(t.spans);

interface SinceProps {
  readonly value: string;
  readonly onChange: (since: string) => void;
}

/** How far back one looks; a span that only the address knows is among the choices, too. */
export function Since({ value, onChange }: SinceProps): JSX.Element {
  const known = SPANS.some(([since]) => since === value);
  return (
    <label className="since">
      {t.since}
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        {!known && <option value={value}>{value}</option>}
        {SPANS.map(([since, label]) => (
          <option key={since} value={since}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}
