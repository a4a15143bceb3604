import { useEffect, useState } from 'react';
import type { PolicyCheck, PolicyCheckRequest } from '../../../../src/model/api/policy.ts';
import { ApiError, send } from '../../api/client.ts';

/** A pause while typing, after which the text is checked. */
const PAUSE_MS = 400;
const TARGET = 'nftables';

export interface Checked {
  readonly check?: PolicyCheck;
  readonly error?: ApiError;
  /** What is shown is of a text before this one. */
  readonly isOld: boolean;
}

/** What the server says of the text while it is typed: an answer that was overtaken is not shown. */
export function useCheck(text: string | undefined, since: string): Checked {
  const [answer, setAnswer] = useState<Omit<Checked, 'isOld'> & { readonly of: string }>();
  const of = `${since} ${text}`;
  useEffect(() => {
    if (text === undefined) return;
    let isOvertaken = false;
    const ask = async (): Promise<void> => {
      const request: PolicyCheckRequest = { text, since, target: TARGET };
      try {
        const check = await send<PolicyCheck>('POST', 'policy/check', request);
        if (!isOvertaken) setAnswer({ of: `${since} ${text}`, check });
      } catch (error) {
        if (!isOvertaken && error instanceof ApiError) setAnswer({ of: `${since} ${text}`, error });
      }
    };
    const timer = window.setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isOvertaken = true;
      window.clearTimeout(timer);
    };
  }, [text, since]);
  return { ...answer, isOld: answer?.of !== of };
}
