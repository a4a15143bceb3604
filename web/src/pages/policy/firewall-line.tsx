import type { JSX } from 'react';
import { Link } from 'wouter';
import type { FirewallStatus } from '../../../../src/model/api/policy.ts';
import { useApi } from '../../api/hooks.ts';
import { Time } from '../../parts/time.tsx';
import { changes as deChanges } from '../../words/de/changes.ts';
import { policy as de } from '../../words/de/policy.ts';
import { changes as enChanges } from '../../words/en/changes.ts';
import { policy as en } from '../../words/en/policy.ts';
import { inEnglish, words } from '../../words/index.ts';
import { Countdown } from '../changes/countdown.tsx';

const t = words(en, de);
const changes = words(enChanges, deChanges);

/** What of ours is in force, whether something waits, and whether somebody changed it by hand. */
export function FirewallLine(): JSX.Element | null {
  const { data } = useApi<FirewallStatus>('firewall');
  if (data === undefined) return null;
  const { inForce, pending, drift, canApply, because } = data;
  return (
    <p className="firewall-line">
      <span>
        {t.inForce}:{' '}
        {inForce === undefined ? (
          t.inForceNone
        ) : (
          <>
            <Link href={`/changes/${inForce.id}`}>{inForce.id}</Link>, <Time at={inForce.at} />
          </>
        )}
      </span>
      {pending !== undefined && (
        <strong>
          ◐ {t.pending}: <Link href={`/changes/${pending.id}`}>{pending.id}</Link>,{' '}
          <Countdown deadline={pending.deadline} words={changes.countdown} over={changes.over} />
        </strong>
      )}
      {drift && <strong>▲ {t.drift}</strong>}
      {!canApply &&
        (because === '' ? <span>{changes.cannot}</span> : <span {...inEnglish}>{because}</span>)}
    </p>
  );
}
