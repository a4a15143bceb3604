import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { NewUser } from '../../../../src/model/api/auth.ts';
import { send } from '../../api/client.ts';
import { refresh, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Failed } from '../../parts/states.tsx';
import { signIn as de } from '../../words/de/sign-in.ts';
import { signIn as en } from '../../words/en/sign-in.ts';
import { words } from '../../words/index.ts';
import { LEAST_PASSWORD, PasswordField } from './password-field.tsx';

const t = words(en, de);

/** The first account is an administrator's; it goes on with the session that the link gave. */
export function FirstAccount(): JSX.Element {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const { mutate, isPending, error } = useSend(async (input: NewUser) => {
    await send('POST', 'users', input);
    await refresh(['session']);
  });
  const short = password.length < LEAST_PASSWORD ? t.tooShort(LEAST_PASSWORD) : undefined;
  const differs = again === password ? undefined : t.different;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (short === undefined && differs === undefined) {
      mutate({ name: name.trim(), password, role: 'admin' });
    }
  };
  return (
    <form className="form" onSubmit={submit}>
      <p>{t.setupLead}</p>
      <Field label={t.name}>
        {(ties) => (
          <input
            {...ties}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={64}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <PasswordField
        label={t.password}
        autoComplete="new-password"
        help={t.length(LEAST_PASSWORD)}
        value={password}
        onChange={setPassword}
        error={tried ? short : undefined}
      />
      <PasswordField
        label={t.repeat}
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={tried ? differs : undefined}
      />
      {error !== null && <Failed error={error} />}
      <Button type="submit" look="primary" disabled={isPending}>
        {t.make}
      </Button>
    </form>
  );
}
