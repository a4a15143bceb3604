import type { JSX } from 'react';
import { useLocation } from 'wouter';
import type { ChangeRequest, ChangeView, Effect } from '../../../../src/model/api/policy.ts';
import { send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { services as de } from '../../words/de/services.ts';
import { services as en } from '../../words/en/services.ts';
import { number } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { useMay } from '../may.ts';
import type { Picks } from './cells.ts';

const t = words(en, de);

/** Days of recorded traffic on which it is tried. */
const DAYS = 14;
const GROUPS = 4;

interface CloseBarProps {
  readonly picks: Picks;
  readonly onClear: () => void;
}

/** What was selected, what closing it would break, and the way to do it. */
export function CloseBar({ picks, onClear }: CloseBarProps): JSX.Element {
  const [, go] = useLocation();
  const may = useMay('policy:propose');
  const request: ChangeRequest = {
    close: [...picks.values()].map(({ device, transport, port }) => ({ device, transport, port })),
    since: `${DAYS}d`,
  };
  const trial = useSend((what: ChangeRequest) =>
    send<ChangeView>('POST', 'changes', what, { dryRun: true }),
  );
  const made = useSend(
    (what: ChangeRequest) => send<ChangeView>('POST', 'changes', what),
    ['changes'],
  );
  // A result is of what was selected then.
  const key = [...picks.keys()].join(',');
  const isOfThis = keyOf(trial.variables) === keyOf(request);
  const error = made.error ?? trial.error;
  return (
    <section className="close-bar" aria-label={t.selected(picks.size)} key={key}>
      <strong>{t.selected(picks.size)}</strong>
      <div className="close-effect" aria-live="polite">
        {trial.isPending && t.simulating}
        {isOfThis && trial.data !== undefined && <EffectOf change={trial.data} />}
      </div>
      <div className="page-actions">
        {may && (
          <>
            <Button disabled={trial.isPending} onClick={() => trial.mutate(request)}>
              {t.simulate}
            </Button>
            <Button
              look="primary"
              disabled={!isOfThis || trial.data === undefined || made.isPending}
              onClick={() =>
                made.mutate(request, {
                  onSuccess: ({ id }) => go(`/changes/${encodeURIComponent(id)}`),
                })
              }
            >
              {t.addToChange}
            </Button>
          </>
        )}
        <Button look="quiet" onClick={onClear}>
          {t.clear}
        </Button>
      </div>
      {error !== null && <Failed error={error} />}
    </section>
  );
}

function keyOf(request: ChangeRequest | undefined): string {
  return JSON.stringify(request?.close ?? []);
}

function EffectOf({ change }: { readonly change: ChangeView }): JSX.Element {
  const { effect, lockOut } = change;
  const shown = effect.newlyBlocked.slice(0, GROUPS);
  const rest = effect.newlyBlocked.length - shown.length;
  return (
    <>
      <p>{sentence(effect)}</p>
      {!lockOut.ok && (
        <p>
          <strong>{t.lockedOut}: </strong>
          <span {...inEnglish}>{lockOut.because}</span>
        </p>
      )}
      <ul>
        {shown.map((group) => (
          <li key={`${group.source} ${group.destination} ${group.service}`}>
            {t.group(
              group.source,
              group.name ?? group.destination,
              group.service,
              number(group.flows),
            )}
          </li>
        ))}
        {rest > 0 && <li className="soft">{t.moreGroups(number(rest))}</li>}
      </ul>
    </>
  );
}

function sentence(effect: Effect): string {
  const blocked = effect.newlyBlocked.reduce((sum, { flows }) => sum + flows, 0);
  const days = number(DAYS);
  if (effect.flows === 0) return t.noTraffic;
  if (blocked === 0) return t.noEffect(number(effect.flows), days);
  return t.effect(number(blocked), number(effect.flows), days);
}
