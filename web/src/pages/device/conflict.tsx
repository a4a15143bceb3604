import type { JSX } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { device as de } from '../../words/de/device.ts';
import { device as en } from '../../words/en/device.ts';
import { words } from '../../words/index.ts';
import type { Edit } from './use-edit.ts';

const t = words(en, de);

/** Two people corrected it at once: nobody's word is lost without having been seen. */
export function ConflictOf({ edit }: { readonly edit: Edit }): JSX.Element | null {
  const { conflict } = edit;
  if (conflict === undefined) return null;
  return (
    <Dialog
      title={t.conflictTitle}
      onClose={conflict.letGo}
      actions={
        <>
          <Button look="danger" onClick={conflict.saveAnyway}>
            {t.saveAnyway}
          </Button>
          <Button look="primary" onClick={conflict.letGo}>
            {t.seeTheirs}
          </Button>
        </>
      }
    >
      <p>{t.conflictHelp}</p>
      <pre className="device-difference">{conflict.difference}</pre>
    </Dialog>
  );
}
