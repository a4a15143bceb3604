import type { JSX } from 'react';
import { useId } from 'react';
import type { ContainChoice } from '../../../../src/model/api/policy.ts';
import { contain as de } from '../../words/de/alerts.ts';
import { contain as en } from '../../words/en/alerts.ts';
import { span } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { flowsOf, Groups } from '../changes/effect.tsx';

const t = words(en, de);

interface ChoiceProps {
  readonly choice: ContainChoice;
  readonly checked: boolean;
  readonly onChoose: () => void;
}

/** One way to hold a device, with what it would have cut. */
export function Choice({ choice, checked, onChoose }: ChoiceProps): JSX.Element {
  const id = useId();
  const { effect, request } = choice;
  const cut = flowsOf(effect.newlyBlocked);
  const days = span(Math.max(0, Date.now() - effect.since));
  return (
    <div className="choice" data-checked={checked}>
      <input
        type="radio"
        name="contain"
        id={id}
        aria-describedby={`${id}-effect`}
        checked={checked}
        onChange={onChoose}
      />
      <div>
        <label htmlFor={id}>
          <strong>{t.hows[request.how]}</strong>
          <span className="choice-title">{request.service ?? t.howHelp[request.how]}</span>
        </label>
        <p id={`${id}-effect`} className="choice-effect">
          {effect.flows === 0 ? t.noTraffic : `${t.cuts(cut, effect.flows)} ${t.since(days)}`}
        </p>
        {cut > 0 && checked && (
          <details>
            <summary>{t.cutList}</summary>
            <Groups groups={effect.newlyBlocked} />
          </details>
        )}
      </div>
    </div>
  );
}
