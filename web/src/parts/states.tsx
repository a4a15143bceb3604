import type { JSX, ReactNode } from 'react';
import { ApiError, tongueOf } from '../api/client.ts';
import { parts as de } from '../words/de/parts.ts';
import { parts as en } from '../words/en/parts.ts';
import { words } from '../words/index.ts';
import { Button } from './button.tsx';
import { Copy } from './copy.tsx';

const t = words(en, de);

interface EmptyProps {
  readonly title: string;
  /** It is all that there is of a page: its title is the page's. */
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}

/** Nothing there: why, and what would change that. */
export function Empty({ title, isPage, children }: EmptyProps): JSX.Element {
  return (
    <div className="state">
      <StateTitle isPage={isPage}>{title}</StateTitle>
      {children}
    </div>
  );
}

function StateTitle({
  isPage = false,
  children,
}: {
  readonly isPage: boolean | undefined;
  readonly children: ReactNode;
}): JSX.Element {
  return isPage ? (
    <h1 className="state-title">{children}</h1>
  ) : (
    <p className="state-title">{children}</p>
  );
}

interface FailedProps {
  readonly error: Error;
  readonly retry?: () => void;
  readonly isPage?: boolean;
}

/** What went wrong, its code, and what to do about it; all of it can be selected and copied. */
export function Failed({ error, retry, isPage }: FailedProps): JSX.Element {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const remedy = problem?.remedy ?? '';
  const code = problem?.code ?? error.name;
  const tongue = tongueOf(error);
  return (
    <div className="state failed" role="alert">
      <StateTitle isPage={isPage}>
        {problem?.title ? <span {...tongue}>{problem.title}</span> : t.failed}
      </StateTitle>
      <p {...tongue}>{error.message}</p>
      {remedy !== '' && <p {...tongue}>{remedy}</p>}
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
