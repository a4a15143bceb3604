import type { JSX } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed } from '../../parts/states.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

interface RemoveDialogProps {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}

/** Asks before something goes that does not come back. */
export function RemoveDialog(props: RemoveDialogProps): JSX.Element {
  const { title, text, verb, error, isPending, onRemove, onClose } = props;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button look="danger" disabled={isPending} onClick={onRemove}>
            {verb}
          </Button>
        </>
      }
    >
      <p>{text}</p>
      {error !== null && <Failed error={error} />}
    </Dialog>
  );
}
