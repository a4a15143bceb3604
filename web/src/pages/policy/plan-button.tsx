import type { JSX } from 'react';
import { useLocation } from 'wouter';
import type { ChangeRequest, ChangeView } from '../../../../src/model/api/policy.ts';
import { send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

interface PlanButtonProps {
  /** A change is made of what is saved, not of what is typed. */
  readonly isSaved: boolean;
  readonly since: string;
}

export function PlanButton({ isSaved, since }: PlanButtonProps): JSX.Element {
  const [, go] = useLocation();
  const { mutate, isPending, error } = useSend(
    (request: ChangeRequest) => send<ChangeView>('POST', 'changes', request),
    ['changes'],
  );
  return (
    <>
      <Button
        disabled={!isSaved || isPending}
        title={isSaved ? t.planHint : t.saveFirst}
        onClick={() =>
          mutate({ policy: true, since }, { onSuccess: ({ id }) => go(`/changes/${id}`) })
        }
      >
        {t.plan}
      </Button>
      {error !== null && <Failed error={error} />}
    </>
  );
}
