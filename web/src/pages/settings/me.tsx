import type { FormEvent, JSX } from 'react';
import { useState } from 'react';
import type { NewPassword, SessionView } from '../../../../src/model/api/auth.ts';
import { rememberSession, send } from '../../api/client.ts';
import { refresh, useSend } from '../../api/hooks.ts';
import { Button } from '../../parts/button.tsx';
import { Failed } from '../../parts/states.tsx';
import { say } from '../../parts/toast.tsx';
import { settings as de } from '../../words/de/settings.ts';
import { settings as en } from '../../words/en/settings.ts';
import { dateTime } from '../../words/format.ts';
import { words } from '../../words/index.ts';
import { LEAST_PASSWORD, PasswordField } from '../sign-in/password-field.tsx';
import { Totp } from './totp.tsx';

const t = words(en, de);

/** Who is signed in, and how that is proved. */
export function Me({ session }: { readonly session: SessionView }): JSX.Element {
  const { user, via, expiresAt } = session;
  const signOut = useSend(async () => {
    await send('DELETE', 'session');
    await refresh(['session']);
  });
  return (
    <>
      <section className="sheet settings-form">
        <dl className="facts">
          <Fact name={t.signedInAs}>{user?.name ?? t.noAccount}</Fact>
          {user !== undefined && (
            <Fact name={t.role}>
              {t.roles[user.role]}: {t.roleHelp[user.role]}
            </Fact>
          )}
          {via !== undefined && <Fact name={t.via}>{t.vias[via]}</Fact>}
          {expiresAt !== undefined && <Fact name={t.expires}>{dateTime(expiresAt)}</Fact>}
        </dl>
        <p>
          <Button disabled={signOut.isPending} onClick={() => signOut.mutate(undefined)}>
            {t.signOut}
          </Button>
        </p>
        {signOut.error !== null && <Failed error={signOut.error} />}
      </section>
      {user !== undefined && via === 'password' && (
        <>
          <Password name={user.name} />
          <Totp isOn={user.totp} />
        </>
      )}
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Password({ name }: { readonly name: string }): JSX.Element {
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const { mutate, isPending, error } = useSend(async (input: NewPassword) => {
    rememberSession(await send<SessionView>('POST', 'me/password', input));
    await refresh(['session']);
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate(
      { old, password },
      {
        onSuccess: () => {
          setOld('');
          setPassword('');
          say(t.passwordChanged);
        },
      },
    );
  };
  return (
    <form className="sheet settings-form form" onSubmit={submit}>
      <h2>{t.password}</h2>
      <input type="hidden" name="username" autoComplete="username" value={name} />
      <PasswordField
        label={t.oldPassword}
        autoComplete="current-password"
        value={old}
        onChange={setOld}
      />
      <PasswordField
        label={t.newPassword}
        autoComplete="new-password"
        help={t.length(LEAST_PASSWORD)}
        value={password}
        onChange={setPassword}
      />
      {error !== null && <Failed error={error} />}
      <Button type="submit" look="primary" disabled={isPending || password.length < LEAST_PASSWORD}>
        {t.changePassword}
      </Button>
    </form>
  );
}
