import type { JSX, ReactNode } from 'react';
import type { Effect } from '../../../../src/model/api/policy.ts';
import type { FlowGroup } from '../../../../src/model/change.ts';
import { Time } from '../../parts/time.tsx';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { date, number } from '../../words/format.ts';
import { inEnglish, words } from '../../words/index.ts';
import './effect.css';

const t = words(en, de);

export function flowsOf(groups: readonly FlowGroup[]): number {
  return groups.reduce((sum, group) => sum + group.flows, 0);
}

/** What recorded traffic would meet: sentence first, numbers second, examples on demand. */
export function EffectView({ effect }: { readonly effect: Effect }): JSX.Element {
  if (effect.flows === 0) return <p className="effect-none">{t.noTraffic}</p>;
  return (
    <div className="effect">
      <p>
        <strong>{number(effect.flows)}</strong> {t.checked}, {t.effectSince(date(effect.since))}
      </p>
      <dl className="effect-sums">
        <Sum label={t.stillAllowed} value={effect.stillAllowed} mark="✓" />
        <Sum label={t.newlyBlocked} value={flowsOf(effect.newlyBlocked)} mark="✕">
          <Groups groups={effect.newlyBlocked} />
        </Sum>
        <Sum label={t.newlyAllowed} value={flowsOf(effect.newlyAllowed)} mark="+">
          <Groups groups={effect.newlyAllowed} />
        </Sum>
        <Sum label={t.wouldBlock} value={flowsOf(effect.wouldBlock)} mark="◌">
          <Groups groups={effect.wouldBlock} />
        </Sum>
        <Sum label={t.stillBlocked} value={effect.stillBlocked} mark="✕" />
        <Sum label={t.elsewhere} value={effect.elsewhere} mark="–" help={t.elsewhereHelp} />
      </dl>
    </div>
  );
}

interface SumProps {
  readonly label: string;
  readonly value: number;
  readonly mark: string;
  readonly help?: string;
  readonly children?: ReactNode;
}

function Sum({ label, value, mark, help, children }: SumProps): JSX.Element {
  return (
    <div data-none={value === 0}>
      <dt title={help}>
        <span aria-hidden="true">{value === 0 ? '' : mark}</span> {label}
      </dt>
      <dd className="effect-number">{number(value)}</dd>
      {value > 0 && children !== undefined && <dd className="effect-examples">{children}</dd>}
    </div>
  );
}

const SHOWN = 20;

/** Kinds of conversations that fare alike, the most frequent first. */
export function Groups({ groups }: { readonly groups: readonly FlowGroup[] }): JSX.Element {
  const sorted = groups.toSorted((a, b) => b.flows - a.flows);
  return (
    <ul className="effect-groups">
      {sorted.slice(0, SHOWN).map((group) => (
        <li key={`${group.source} ${group.destination} ${group.service} ${group.direction}`}>
          <span className="effect-times">{t.groupTimes(group.flows)}</span>{' '}
          <span>
            {group.source} → {group.name ?? group.destination} <code>{group.service}</code>
          </span>{' '}
          <span className="effect-because">
            <span {...inEnglish}>{group.because}</span> · <Time at={group.lastSeen} />
          </span>
        </li>
      ))}
      {sorted.length > SHOWN && <li>+{number(sorted.length - SHOWN)}</li>}
    </ul>
  );
}
