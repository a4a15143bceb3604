import { useState } from 'react';
import type { PolicyView } from '../../../../src/model/api/policy.ts';

/** What somebody has typed, and of which version it was. */
export interface Draft {
  readonly version: string;
  readonly text: string;
}

const KEY = 'portolan.policy-draft';

/** Kept for as long as the tab is open: going to look at another page loses nothing. */
function kept(): Draft | undefined {
  const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
  if (typeof found !== 'object' || found === null) return undefined;
  if (!('version' in found && 'text' in found)) return undefined;
  return { version: String(found.version), text: String(found.text) };
}

export interface DraftState {
  readonly draft: Draft | undefined;
  /** @param text undefined: as it is saved */
  readonly edit: (text: string | undefined, of: PolicyView) => void;
}

export function useDraft(): DraftState {
  const [draft, setDraft] = useState(kept);
  const edit = (text: string | undefined, of: PolicyView): void => {
    const version = draft?.version ?? of.version;
    const isSame = text === undefined || (text === of.text && version === of.version);
    const next = isSame ? undefined : { version, text };
    if (next === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(next));
    setDraft(next);
  };
  return { draft, edit };
}
