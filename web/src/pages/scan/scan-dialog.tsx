import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { ScanRequest, ScanView, StatusView } from '../../../../src/model/api/daemon.ts';
import { send } from '../../api/client.ts';
import { useApi, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { scan as de } from '../../words/de/scan.ts';
import { scan as en } from '../../words/en/scan.ts';
import { all } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { keys } from '../keys-of.ts';

const t = words(en, de);

interface ScanDialogProps {
  readonly onClose: () => void;
  /** What to look at, where somebody came from a device or a zone: `device:PTL-D-7F3K`. */
  readonly target?: string;
}

/** What to look at, how hard, and which ports; the usual answer to each is there already. */
export function ScanDialog({ onClose, target = '' }: ScanDialogProps): JSX.Element {
  const { data: status } = useApi<StatusView>('status');
  const [isOwn, setOwn] = useState(target !== '');
  const [targets, setTargets] = useState(target);
  const [pace, setPace] = useState<keyof typeof t.paces>('polite');
  const [ports, setPorts] = useState('');
  const [, go] = useLocation();
  const start = useSend(
    (request: ScanRequest) => send<ScanView>('POST', 'scans', request),
    ['scans'],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const named = targets.split(/[\s,]+/).filter(Boolean);
    const request: ScanRequest = {
      pace,
      ...(isOwn && named.length > 0 ? { targets: named } : {}),
      ...(ports === '' ? {} : { ports }),
    };
    start.mutate(request, {
      onSuccess: () => {
        onClose();
        go('/scans');
      },
    });
  };
  const scope = status?.site.scope ?? [];
  return (
    <Dialog title={t.title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <p>{t.lead}</p>
        <fieldset className="choices">
          <legend>{t.targets}</legend>
          <label className="check-line">
            <input type="radio" name="targets" checked={!isOwn} onChange={() => setOwn(false)} />
            {scope.length === 0 ? t.scope : t.scopeOf(all(scope))}
          </label>
          <label className="check-line">
            <input type="radio" name="targets" checked={isOwn} onChange={() => setOwn(true)} />
            {t.own}
          </label>
        </fieldset>
        {isOwn && (
          <Field label={t.own} help={t.ownHint}>
            {(ties) => (
              <input
                {...ties}
                required
                maxLength={2_000}
                spellCheck={false}
                autoComplete="off"
                value={targets}
                onChange={(event) => setTargets(event.target.value)}
              />
            )}
          </Field>
        )}
        <fieldset className="choices">
          <legend>{t.pace}</legend>
          {keys(t.paces).map((one) => (
            <label key={one} className="check-line">
              <input
                type="radio"
                name="pace"
                checked={pace === one}
                onChange={() => setPace(one)}
              />
              <span>
                {t.paces[one]} <span className="soft">{t.paceHelp[one]}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={t.ports}>
          {(ties) => (
            <select {...ties} value={ports} onChange={(event) => setPorts(event.target.value)}>
              {keys(t.portSets).map((set) => (
                <option key={set} value={set}>
                  {t.portSets[set]}
                </option>
              ))}
            </select>
          )}
        </Field>
        {start.error !== null && <Failed error={start.error} />}
        <Button type="submit" look="primary" disabled={start.isPending}>
          {start.isPending ? t.starting : t.start}
        </Button>
      </form>
    </Dialog>
  );
}
