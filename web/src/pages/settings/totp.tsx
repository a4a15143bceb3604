import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { TotpBegun, TotpProof } from '../../../../src/model/api/auth.ts';
import { send } from '../../api/client.ts';
import { useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { words } from '../../words/index.ts';

const t = words(en, de);

/** The second factor: begun with an address for the authenticator, proved with its six digits. */
export function Totp({ isOn }: { readonly isOn: boolean }): JSX.Element {
  const begin = useSend(() => send<TotpBegun>('POST', 'me/totp'));
  const end = useSend(() => send('DELETE', 'me/totp'), ['session']);
  const error = begin.error ?? end.error;
  return (
    <section className="sheet settings-form">
      <h2>{t.totp}</h2>
      <p>{isOn ? `✓ ${t.totpOn}` : t.totpOff}</p>
      <p>
        {isOn ? (
          <Button
            disabled={end.isPending}
            onClick={() => end.mutate(undefined, { onSuccess: () => say(t.totpEnded) })}
          >
            {t.totpEnd}
          </Button>
        ) : (
          <Button disabled={begin.isPending} onClick={() => begin.mutate(undefined)}>
            {t.totpBegin}
          </Button>
        )}
      </p>
      {error !== null && <Failed error={error} />}
      {begin.data !== undefined && !isOn && <Prove begun={begin.data} onClose={begin.reset} />}
    </section>
  );
}

interface ProveProps {
  readonly begun: TotpBegun;
  readonly onClose: () => void;
}

function Prove({ begun, onClose }: ProveProps): JSX.Element {
  const [code, setCode] = useState('');
  const { mutate, isPending, error } = useSend(
    (proof: TotpProof) => send('PUT', 'me/totp', proof),
    ['session'],
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate(
      { code: code.replaceAll(/\s/g, '') },
      {
        onSuccess: () => {
          say(t.totpProved);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t.totpTitle} onClose={onClose}>
      <p>{t.totpStep1}</p>
      <dl className="facts">
        <div>
          <dt>{t.totpSecret}</dt>
          <dd>
            <code>{inFours(begun.secret)}</code> <Copy text={begun.secret} />
          </dd>
        </div>
        <div>
          <dt>{t.totpAddress}</dt>
          <dd>
            <code>{begun.address}</code> <Copy text={begun.address} />
          </dd>
        </div>
      </dl>
      {begun.address.startsWith('otpauth://') && <a href={begun.address}>{t.totpOpen}</a>}
      <form className="form" onSubmit={submit}>
        <p>{t.totpStep2}</p>
        <Field label={t.totpCode}>
          {(ties) => (
            <input
              {...ties}
              className="digits"
              inputMode="numeric"
              autoComplete="one-time-code"
              pattern="[0-9 ]*"
              maxLength={8}
              required
              value={code}
              onChange={({ target }) => setCode(target.value)}
            />
          )}
        </Field>
        {error !== null && <Failed error={error} />}
        <Button type="submit" look="primary" disabled={isPending}>
          {t.totpProve}
        </Button>
      </form>
    </Dialog>
  );
}

/** Groups of four, as people type it. */
function inFours(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}
