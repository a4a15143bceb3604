import type { JSX } from 'react';
import type { Prefs } from '../../prefs.ts';
import { choices, setPref, usePref } from '../../prefs.ts';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

/** How it is shown, kept in this browser. */
export function Appearance(): JSX.Element {
  return (
    <div className="sheet settings-form">
      <Choice pref="theme" title={t.theme} labels={t.themes} />
      <Choice pref="language" title={t.language} labels={t.languages} />
      <Choice pref="detail" title={t.detail} labels={t.details} />
      <Choice pref="density" title={t.density} labels={t.densities} />
      <Choice pref="lists" title={t.lists} labels={t.listsAs} />
      <Choice pref="keys" title={t.keys} labels={t.keysOn} />
      <p className="soft">{t.kept}</p>
    </div>
  );
}

interface ChoiceProps<K extends keyof Prefs> {
  readonly pref: K;
  readonly title: string;
  readonly labels: Readonly<Record<Prefs[K], string>>;
}

function Choice<K extends keyof Prefs>({ pref, title, labels }: ChoiceProps<K>): JSX.Element {
  const current = usePref(pref);
  return (
    <fieldset className="choices">
      <legend>{title}</legend>
      <div className="choice-row">
        {choices(pref).map((choice) => (
          <label key={choice} className="check-line">
            <input
              type="radio"
              name={pref}
              checked={current === choice}
              onChange={() => setPref(pref, choice)}
            />
            {labels[choice]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
