import type { JSX, ReactNode } from 'react';
import { ApiError } from '../api/client.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';
import { Copy } from './copy.tsx';

const t = words(en, de);

/** Nothing there: why, and what would change that. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): JSX.Element {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}

/** What went wrong, its code, and what to do about it; all of it can be selected and copied. */
export function Failed({
  error,
  retry,
}: {
  readonly error: Error;
  readonly retry?: () => void;
}): JSX.Element {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const remedy = problem?.remedy ?? '';
  const code = problem?.code ?? error.name;
  return (
    <div className="state failed" role="alert">
      <p className="state-title">{problem?.title || t.failed}</p>
      <p>{error.message}</p>
      {remedy !== '' && <p>{remedy}</p>}
      <p className="state-actions">
        <code>{code}</code>
        <Copy text={`${code}: ${error.message} ${remedy}`.trim()} label={t.copyError} />
        {retry !== undefined && <Button onClick={retry}>{t.retry}</Button>}
      </p>
    </div>
  );
}

export function Loading({ what }: { readonly what?: string }): JSX.Element {
  return (
    <output className="state loading" aria-busy="true">
      {what ?? t.loading}
    </output>
  );
}
