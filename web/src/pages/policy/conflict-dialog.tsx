import type { JSX } from 'react';
import type { Problem } from '../../../../src/model/api/common.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { policy as de } from '../../words/de/policy.ts';
import { policy as en } from '../../words/en/policy.ts';
import { words } from '../../words/index.ts';
import { Scroll } from '../scroll.tsx';
import { differenceLines } from './difference.ts';

const t = words(en, de);

const MARKS = { added: '+', removed: '−', same: ' ', head: ' ' } as const;

interface ConflictDialogProps {
  readonly current: NonNullable<Problem['current']>;
  readonly onClose: () => void;
  readonly onTheirs: () => void;
  /** @param version the one that is there now, and that is to be replaced */
  readonly onMine: (version: string) => void;
}

/** Two people saved: nobody's work is lost without having been seen. */
export function ConflictDialog(props: ConflictDialogProps): JSX.Element {
  const { current, onClose, onTheirs, onMine } = props;
  return (
    <Dialog
      title={t.conflict}
      onClose={onClose}
      wide
      actions={
        <>
          <Button onClick={onTheirs}>{t.takeTheirs}</Button>
          <Button look="danger" onClick={() => onMine(current.version)}>
            {t.keepMine}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t.back}
          </Button>
        </>
      }
    >
      <p>{t.conflictLead}</p>
      <Scroll name={t.conflict} className="code">
        <pre className="difference">
          {differenceLines(current.difference).map(({ kind, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text, in its order
            <span key={index} data-kind={kind}>
              <span aria-hidden="true">{MARKS[kind]} </span>
              {kind === 'added' && <span className="visually-hidden">{t.conflictAdded}: </span>}
              {kind === 'removed' && <span className="visually-hidden">{t.conflictRemoved}: </span>}
              {text}
              {'\n'}
            </span>
          ))}
        </pre>
      </Scroll>
    </Dialog>
  );
}
