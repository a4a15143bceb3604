import type { JSX } from 'react';
import { useState } from 'react';
import type { ApplyRequest, ChangeView } from '../../../../src/model/api/policy.ts';
import { send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { changes as de } from '../../words/de/changes.ts';
import { changes as en } from '../../words/en/changes.ts';
import { inEnglish, words } from '../../words/index.ts';
import { keys } from '../keys-of.ts';
import { useMay } from '../may.ts';
import { ByHand } from './by-hand.tsx';
import { Countdown } from './countdown.tsx';
import { StateWord } from './state-word.tsx';

const t = words(en, de);

const OLD_AFTER = ['changes', 'firewall', 'devices', 'overview', 'alerts', 'policy'];

interface ActionsProps {
  readonly change: ChangeView;
}

/** What can be done with a change, by where it is on its way. */
export function ChangeActions({ change }: ActionsProps): JSX.Element {
  const mayApply = useMay('policy:apply');
  const { state, lockOut, canApply, command } = change;
  return (
    <section className="change-actions" data-state={state} aria-label={t.columns.state}>
      <p className="change-state" role="status">
        <StateWord state={state} />
      </p>
      {!mayApply && <p>{t.noRight}</p>}
      {!canApply && state === 'planned' && <ByHand command={command} />}
      {!lockOut.ok && state === 'planned' && (
        <p>
          <strong>{t.lockOutStop}</strong> <span {...inEnglish}>{lockOut.because}</span>
        </p>
      )}
      {mayApply && canApply && lockOut.ok && state === 'planned' && <Apply change={change} />}
      {mayApply && (state === 'loaded' || state === 'armed') && <Decide change={change} />}
      {mayApply && state === 'confirmed' && <Undo change={change} />}
    </section>
  );
}

function Apply({ change }: ActionsProps): JSX.Element {
  const [within, setWithin] = useState<keyof typeof t.seconds>('60');
  const { mutate, isPending, error } = useSend((seconds: number) => {
    const body: ApplyRequest = { within: seconds };
    return send<ChangeView>('POST', `changes/${change.id}/apply`, body);
  }, OLD_AFTER);
  return (
    <>
      <label className="change-within">
        {t.within}
        <select
          value={within}
          onChange={({ target }) =>
            setWithin(keys(t.seconds).find((one) => one === target.value) ?? '60')
          }
        >
          {keys(t.seconds).map((one) => (
            <option key={one} value={one}>
              {t.seconds[one]}
            </option>
          ))}
        </select>
      </label>
      <Button look="danger" disabled={isPending} onClick={() => mutate(Number(within))}>
        {isPending ? t.applying : t.apply(t.seconds[within])}
      </Button>
      {error !== null && <Failed error={error} />}
    </>
  );
}

/** It is in force and waits: keep it, or let it go. */
function Decide({ change }: ActionsProps): JSX.Element {
  const { id, deadline } = change;
  const confirm = useSend(() => send('POST', `changes/${id}/confirm`), OLD_AFTER);
  const undo = useSend(() => send('POST', `changes/${id}/rollback`), OLD_AFTER);
  const isPending = confirm.isPending || undo.isPending;
  const error = confirm.error ?? undo.error;
  return (
    <>
      {deadline !== undefined && (
        <p className="change-countdown">
          <Countdown deadline={deadline} words={t.countdown} over={t.over} />
        </p>
      )}
      <p className="change-help">{t.countdownHelp}</p>
      <Button look="primary" disabled={isPending} onClick={() => confirm.mutate(undefined)}>
        {t.confirm}
      </Button>
      <Button disabled={isPending} onClick={() => undo.mutate(undefined)}>
        {t.undo}
      </Button>
      {error !== null && <Failed error={error} />}
    </>
  );
}

function Undo({ change }: ActionsProps): JSX.Element {
  const { mutate, isPending, error } = useSend(
    () => send('POST', `changes/${change.id}/rollback`),
    OLD_AFTER,
  );
  return (
    <>
      <Button disabled={isPending} onClick={() => mutate(undefined)} title={t.undoText}>
        {t.undo}
      </Button>
      {error !== null && <Failed error={error} />}
    </>
  );
}
