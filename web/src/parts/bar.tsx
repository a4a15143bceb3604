import type { JSX } from 'react';

/** A length beside its number. */
export function Bar({ value, of }: { readonly value: number; readonly of: number }): JSX.Element {
  const share = of > 0 ? Math.min(1, value / of) : 0;
  return (
    <span className="bar" aria-hidden="true">
      <span style={{ inlineSize: `${(share * 100).toFixed(1)}%` }} />
    </span>
  );
}
