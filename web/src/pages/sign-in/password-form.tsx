import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { SessionView, SignIn } from '../../../../src/model/api/auth.ts';
import { rememberSession, send } from '../../api/client.ts';
import { refresh, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { signIn as de } from '../../words/de/sign-in.ts';
import { signIn as en } from '../../words/en/sign-in.ts';
import { words } from '../../words/index.ts';
import { PasswordField } from './password-field.tsx';

const t = words(en, de);

/** Paste, password managers and one-time codes of the system are welcome (WCAG 3.3.8). */
export function PasswordForm(): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [totp, setTotp] = useState('');
  const { mutate, isPending, error } = useSend(async (input: SignIn) => {
    rememberSession(await send<SessionView>('POST', 'session', input));
    await refresh(['session']);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const digits = totp.replaceAll(/\s/g, '');
    mutate({ name: name.trim(), password, ...(digits === '' ? {} : { totp: digits }) });
  };
  return (
    <form className="form" onSubmit={submit}>
      <Field label={t.name}>
        {(ties) => (
          <input
            {...ties}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label={t.password}
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <Field label={t.totp} help={t.totpHint}>
        {(ties) => (
          <input
            {...ties}
            name="totp"
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]*"
            maxLength={8}
            className="digits"
            value={totp}
            onChange={(event) => setTotp(event.target.value)}
          />
        )}
      </Field>
      {error !== null && <Failed error={error} />}
      <Button type="submit" look="primary" disabled={isPending}>
        {isPending ? t.entering : t.enter}
      </Button>
    </form>
  );
}
