import type { JSX } from 'react';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { ChangeView } from '../../../../src/model/api/policy.ts';
import { send } from '../../api/client.ts';
import { refresh, useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { contain as de } from '../../words/de/alerts.ts';
import { contain as en } from '../../words/en/alerts.ts';
import { hourInZone } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import { Countdown } from '../changes/countdown.tsx';

const t = words(en, de);

const LOOK_AGAIN_MS = 1_000;

interface ContainmentProps {
  readonly id: string;
  /** It was applied from this page, which therefore sees to its confirmation. */
  readonly isOurs: boolean;
  readonly onExtend: () => void;
}

/**
 * What became of a containment: the verified state, not the intended one. That this page can still
 * ask for it after the rules are loaded is the check that the way to the firewall is open; then, and
 * when the server's own checks have passed, it is confirmed. Without that it is taken back by itself.
 */
export function Containment({ id, isOurs, onExtend }: ContainmentProps): JSX.Element | null {
  const { data: change, error } = useApi<ChangeView>(`changes/${id}`);
  const settle = useConfirmation(change, isOurs);
  const undo = useSend(
    () => send('POST', `changes/${id}/rollback`),
    ['changes', 'firewall', 'alerts', 'devices'],
  );
  if (error !== null) return <Failed error={error} />;
  if (change === undefined) return null;
  const failure = settle ?? undo.error;
  return (
    <section className="containment" data-state={change.state} aria-label={change.title}>
      <div role="status">
        <Outcome change={change} />
      </div>
      <p className="containment-actions">
        {(change.state === 'loaded' || change.state === 'confirmed') && (
          <Button small disabled={undo.isPending} onClick={() => undo.mutate(undefined)}>
            {t.undo}
          </Button>
        )}
        {change.state === 'confirmed' && (
          <Button small onClick={onExtend}>
            {t.extend}
          </Button>
        )}
        <Link href={`/changes/${id}`}>{id}</Link>
      </p>
      {failure !== null && failure !== undefined && <Failed error={failure} />}
    </section>
  );
}

/** Asks again while it is being checked, and confirms once what was looked at is in order. */
function useConfirmation(change: ChangeView | undefined, isOurs: boolean): Error | null {
  const asked = useRef(false);
  const id = change?.id ?? '';
  const isMoving = change?.state === 'armed' || change?.state === 'loaded';
  const { mutate, error } = useSend(
    () => send('POST', `changes/${id}/confirm`),
    ['changes', 'firewall', 'alerts', 'devices'],
  );
  useEffect(() => {
    if (!isMoving) return;
    const timer = window.setInterval(() => void refresh([`changes/${id}`]), LOOK_AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [id, isMoving]);
  const isDue = isOurs && isInOrder(change);
  useEffect(() => {
    if (!isDue || asked.current) return;
    asked.current = true;
    mutate(undefined);
  }, [isDue, mutate]);
  return error;
}

/** It is loaded, and everything that was looked at since is as it should be. */
function isInOrder(change: ChangeView | undefined): boolean {
  if (change?.state !== 'loaded') return false;
  return change.verified.length > 0 && change.verified.every(({ ok }) => ok);
}

function Outcome({ change }: { readonly change: ChangeView }): JSX.Element {
  const isBad = change.verified.some(({ ok }) => !ok);
  switch (change.state) {
    case 'stuck':
      return <Line mark="▲▲" text={t.stuck} change={change} />;
    case 'rolled-back':
    case 'refused':
      return <Line mark="↶" text={isBad ? `${t.failed}. ${t.undone}` : t.undone} change={change} />;
    case 'confirmed':
      return <Held change={change} isVerified={change.verified.length > 0 && !isBad} />;
    default:
      return <Moving change={change} isBad={isBad} />;
  }
}

function Held({
  change,
  isVerified,
}: {
  readonly change: ChangeView;
  readonly isVerified: boolean;
}) {
  const end = change.until === undefined ? '' : ` · ${t.ends} ${hourInZone(change.until)}`;
  const seal = isVerified ? `${t.verified} ✓` : t.unverified;
  return <Line mark="■" text={`${t.blocked} · ${seal}${end}`} change={change} />;
}

function Moving({ change, isBad }: { readonly change: ChangeView; readonly isBad: boolean }) {
  const text = isBad ? `${t.failed}. ${t.failedText}` : t.checking;
  return (
    <>
      <Line mark={isBad ? '✕' : '◌'} text={text} change={change} />
      {change.deadline !== undefined && (
        <Countdown deadline={change.deadline} words={t.backIn} over={t.ended} />
      )}
    </>
  );
}

interface LineProps {
  readonly mark: string;
  readonly text: string;
  readonly change: ChangeView;
}

function Line({ mark, text, change }: LineProps): JSX.Element {
  return (
    <>
      <p className="containment-line">
        <span aria-hidden="true">{mark}</span> <strong>{text}</strong>
      </p>
      <p {...inEnglish}>{change.title}</p>
      {change.verified.length > 0 && (
        <ul className="checks">
          {change.verified.map((check) => (
            <li key={`${check.at} ${check.text}`}>
              {hourInZone(check.at)} <span {...inEnglish}>{check.text}</span>{' '}
              <span aria-hidden="true">{check.ok ? '✓' : '✕'}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
