import type { FormEvent, JSX } from 'react';
import { lazy, Suspense, useState } from 'react';
import type { OwnProof, TotpBegun, TotpProof } from '../../../../src/model/api/auth.ts';
import type { ApiError } from '../../api/client.ts';
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
import { PasswordField } from '../sign-in/password-field.tsx';

const t = words(en, de);

const QrCode = lazy(async () => ({ default: (await import('../../parts/qr-code.tsx')).QrCode }));

/**
 * The second factor: begun with an address for the authenticator, proved with its six digits. Who
 * only has the session, which may be stolen, can neither begin it nor end it.
 */
export function Totp({ isOn }: { readonly isOn: boolean }): JSX.Element {
  const [isAsked, setAsked] = useState(false);
  const begin = useSend((proof: OwnProof) => send<TotpBegun>('POST', 'me/totp', proof));
  const end = useSend((proof: OwnProof) => send('DELETE', 'me/totp', proof), ['session']);
  const close = (): void => {
    setAsked(false);
    begin.reset();
    end.reset();
  };
  const ended = (): void => {
    close();
    say(t.totpEnded);
  };
  return (
    <section className="sheet settings-form">
      <h2>{t.totp}</h2>
      <p>{isOn ? `✓ ${t.totpOn}` : t.totpOff}</p>
      <p>
        <Button onClick={() => setAsked(true)}>{isOn ? t.totpEnd : t.totpBegin}</Button>
      </p>
      {isAsked && begin.data === undefined && (
        <Own
          title={isOn ? t.totp : t.totpTitle}
          act={isOn ? t.totpEnd : t.totpBegin}
          asksCode={isOn}
          isPending={begin.isPending || end.isPending}
          error={isOn ? end.error : begin.error}
          onProof={(proof) =>
            isOn ? end.mutate(proof, { onSuccess: ended }) : begin.mutate(proof)
          }
          onClose={close}
        />
      )}
      {isAsked && begin.data !== undefined && <Prove begun={begin.data} onClose={close} />}
    </section>
  );
}

interface OwnProps {
  readonly title: string;
  readonly act: string;
  readonly asksCode: boolean;
  readonly isPending: boolean;
  readonly error: ApiError | null;
  readonly onProof: (proof: OwnProof) => void;
  readonly onClose: () => void;
}

/** Asks for what only the person has. */
function Own(props: OwnProps): JSX.Element {
  const { title, act, asksCode, isPending, error, onProof, onClose } = props;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onProof({ password, ...(asksCode ? { totp: code.replaceAll(/\s/g, '') } : {}) });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={submit}>
        <PasswordField
          label={t.oldPassword}
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {asksCode && <Digits value={code} onChange={setCode} />}
        {error !== null && <Failed error={error} />}
        <Button type="submit" look="primary" disabled={isPending || password === ''}>
          {act}
        </Button>
      </form>
    </Dialog>
  );
}

interface DigitsProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Digits({ value, onChange }: DigitsProps): JSX.Element {
  return (
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
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
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
      <Suspense fallback={<div className="qr-code" />}>
        <QrCode text={begun.address} name={t.totpQr} />
      </Suspense>
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
        <Digits value={code} onChange={setCode} />
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
