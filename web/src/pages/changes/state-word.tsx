import type { JSX } from 'react';
import type { ChangeState } from '../../../../src/model/change.ts';
import { changes as de } from '../../words/de/changes.ts';
import { changes as en } from '../../words/en/changes.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

const MARKS: Readonly<Record<ChangeState, string>> = {
  planned: '○',
  armed: '◌',
  loaded: '◐',
  confirmed: '✓',
  'rolled-back': '↶',
  refused: '✕',
  stuck: '▲▲',
};

export function StateWord({ state }: { readonly state: ChangeState }): JSX.Element {
  return (
    <span className="state-word" data-state={state}>
      <span aria-hidden="true">{MARKS[state]}</span> {t.states[state]}
    </span>
  );
}
