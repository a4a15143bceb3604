import type { JSX } from 'react';
import { useEffect, useState } from 'react';
import type { AlertView, ExpectPreview, ExpectRequest } from '../../../../src/model/api/alerts.ts';
import { ApiError, send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { say } from '../../parts/toast.tsx';
import { expect as de } from '../../words/de/alerts.ts';
import { expect as en } from '../../words/en/alerts.ts';
import { words } from '../../words/index.ts';
import { serviceText } from './alert-words.tsx';

const t = words(en, de);

const DAYS = [1, 7, 30, 90, 365];
const USUAL_DAYS = 30;
const PAUSE_MS = 200;

interface ExpectDialogProps {
  readonly alert: AlertView;
  readonly onClose: () => void;
}

/** It is right so: for what, until when, and what that would have hidden so far. */
export function ExpectDialog({ alert, onClose }: ExpectDialogProps): JSX.Element {
  const [scope, setScope] = useState({
    type: true,
    peer: alert.peer !== undefined,
    port: alert.port !== undefined,
  });
  const [days, setDays] = useState<number | undefined>(USUAL_DAYS);
  const [note, setNote] = useState('');
  const request: ExpectRequest = {
    ...scope,
    ...(days === undefined ? {} : { days }),
    ...(note === '' ? {} : { note }),
  };
  const { preview, error } = usePreview(alert.id, scope, days);
  const save = useSend(
    () => send('POST', `alerts/${alert.id}/expect`, request),
    ['alerts', 'expectations', 'overview'],
  );
  const saved = (): void => {
    say(t.saved);
    onClose();
  };
  return (
    <Dialog
      title={t.title}
      onClose={onClose}
      actions={
        <Button
          look="primary"
          disabled={save.isPending}
          onClick={() => save.mutate(undefined, { onSuccess: saved })}
        >
          {t.save}
        </Button>
      }
    >
      <p>{t.lead}</p>
      <Scope alert={alert} scope={scope} onChange={setScope} />
      <Field label={t.until}>
        {(ties) => (
          <select
            {...ties}
            value={days ?? ''}
            onChange={({ target }) =>
              setDays(target.value === '' ? undefined : Number(target.value))
            }
          >
            {DAYS.map((count) => (
              <option key={count} value={count}>
                {t.days(count)}
              </option>
            ))}
            <option value="">{t.forever}</option>
          </select>
        )}
      </Field>
      <Field label={t.note} help={t.noteHint}>
        {(ties) => (
          <input
            {...ties}
            maxLength={200}
            value={note}
            onChange={({ target }) => setNote(target.value)}
          />
        )}
      </Field>
      <Preview preview={preview} error={error} />
      {save.error !== null && <Failed error={save.error} />}
    </Dialog>
  );
}

type ScopeOf = Pick<ExpectRequest, 'type' | 'peer' | 'port'>;

interface ScopeProps {
  readonly alert: AlertView;
  readonly scope: ScopeOf;
  readonly onChange: (scope: ScopeOf) => void;
}

function Scope({ alert, scope, onChange }: ScopeProps): JSX.Element {
  const [device] = alert.devices;
  return (
    <fieldset className="choices">
      <legend>{t.scope}</legend>
      <label className="check-line">
        <input type="checkbox" checked disabled />
        <span>
          {t.device(device?.name ?? '')} <span className="soft">{t.deviceAlways}</span>
        </span>
      </label>
      <label className="check-line">
        <input
          type="checkbox"
          checked={scope.type}
          onChange={({ target }) => onChange({ ...scope, type: target.checked })}
        />
        {t.type(alert.type.replaceAll('_', ' '))}
      </label>
      {alert.peer !== undefined && (
        <label className="check-line">
          <input
            type="checkbox"
            checked={scope.peer}
            onChange={({ target }) => onChange({ ...scope, peer: target.checked })}
          />
          {t.peer(alert.peer)}
        </label>
      )}
      {alert.port !== undefined && (
        <label className="check-line">
          <input
            type="checkbox"
            checked={scope.port}
            onChange={({ target }) => onChange({ ...scope, port: target.checked })}
          />
          {t.port(serviceText(alert))}
        </label>
      )}
    </fieldset>
  );
}

interface Previewed {
  readonly preview?: ExpectPreview | undefined;
  readonly error?: ApiError | undefined;
}

function usePreview(id: string, scope: ScopeOf, days: number | undefined): Previewed {
  const [shown, setShown] = useState<Previewed>({});
  const { type, peer, port } = scope;
  useEffect(() => {
    let isOld = false;
    const ask = async (): Promise<void> => {
      const answer = await previewOf(id, { type, peer, port, ...(days !== undefined && { days }) });
      if (!isOld) setShown(answer);
    };
    const timer = window.setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isOld = true;
      window.clearTimeout(timer);
    };
  }, [id, type, peer, port, days]);
  return shown;
}

async function previewOf(id: string, request: ExpectRequest): Promise<Previewed> {
  try {
    const options = { dryRun: true };
    return { preview: await send('POST', `alerts/${id}/expect`, request, options) };
  } catch (error) {
    return error instanceof ApiError ? { error } : {};
  }
}

function Preview({ preview, error }: Previewed): JSX.Element {
  if (error !== undefined) return <Failed error={error} />;
  if (preview === undefined) return <Loading />;
  return (
    <section className="preview" aria-live="polite">
      <h3>{t.preview}</h3>
      <p>{preview.sentence}</p>
      <p>
        <strong>{t.hides(preview.hides)}</strong>
      </p>
      <ul className="bullets">
        {preview.alerts.slice(0, 5).map((alert) => (
          <li key={alert.id}>
            {alert.summary} · <Time at={alert.lastAt} />
          </li>
        ))}
      </ul>
    </section>
  );
}
