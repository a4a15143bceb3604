import type { JSX, ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { LinkSignIn, SessionView } from '../../../src/model/api/auth.ts';
import { rememberSession, send } from '../api/client.ts';
import { refresh } from '../api/hooks.ts';
import { Copy } from '../parts/copy.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { signIn as de } from '../words/de/sign-in.ts';
import { signIn as en } from '../words/en/sign-in.ts';
import { words } from '../words/index.ts';
import { FirstAccount } from './sign-in/first-account.tsx';
import { PasswordForm } from './sign-in/password-form.tsx';
import { takeLinkKey } from './sign-in/take-key.ts';
import './shared.css';
import './sign-in.css';

const t = words(en, de);

/** Taken when the code is loaded, before anything else could look at the address. */
const linkKey = takeLinkKey();

/** What somebody sees whom Portolan does not know yet. */
export function SignIn({ session }: { readonly session: SessionView }): JSX.Element {
  if (linkKey !== undefined) return <ByLink linkKey={linkKey} session={session} />;
  if (session.state === 'setup') return session.via === 'link' ? <SetUp /> : <NeedsLink />;
  return (
    <Card title={t.title}>
      <PasswordForm />
    </Card>
  );
}

/** A key is good for one try, however often React mounts this. */
let entered: Promise<SessionView> | undefined;

function enter(key: string): Promise<SessionView> {
  const sent: LinkSignIn = { key };
  return send<SessionView>('POST', 'session/link', sent);
}

function ByLink({ linkKey: key, session }: ByLinkProps): JSX.Element {
  const [error, setError] = useState<Error>();
  useEffect(() => {
    entered ??= enter(key);
    entered.then(
      async (made) => {
        rememberSession(made);
        await refresh(['session']);
      },
      (failure: Error) => setError(failure),
    );
  }, [key]);
  if (session.via === 'link') return <SetUp />;
  if (error !== undefined) return <LinkFailed error={error} session={session} />;
  return (
    <Card title={t.setup}>
      <Loading what={t.opening} />
    </Card>
  );
}

interface ByLinkProps {
  readonly linkKey: string;
  readonly session: SessionView;
}

function SetUp(): JSX.Element {
  return (
    <Card title={t.setup}>
      <FirstAccount />
    </Card>
  );
}

interface LinkFailedProps {
  readonly error: Error;
  readonly session: SessionView;
}

/** It was used up, or somebody has an account by now: then one signs in. */
function LinkFailed({ error, session }: LinkFailedProps): JSX.Element {
  return (
    <Card title={t.linkFailed}>
      <Failed error={error} />
      {session.state === 'setup' ? <ByCommand /> : <PasswordForm />}
    </Card>
  );
}

function NeedsLink(): JSX.Element {
  return (
    <Card title={t.needLink}>
      <p>{t.needLinkText}</p>
      <ByCommand />
    </Card>
  );
}

const COMMAND = 'portolan user add admin --role admin';

/** The other way to the first account, for who can reach the server itself. */
function ByCommand(): JSX.Element {
  return (
    <p className="sign-in-command">
      {t.byCommand}
      <span>
        <code>{COMMAND}</code>
        <Copy text={COMMAND} />
      </span>
    </p>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="sign-in">
      <p className="sign-in-brand">Portolan</p>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
