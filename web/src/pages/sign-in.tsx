import type { JSX, ReactNode } from 'react';
import { useEffect, useState } from 'react';
import type { LinkSignIn, SessionView } from '../../../src/model/api/auth.ts';
import type { ApiError } from '../api/client.ts';
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
  if (linkKey !== undefined)
    return <ByLink linkKey={linkKey} wasSetup={session.state === 'setup'} />;
  if (session.state === 'setup') return <NeedsLink />;
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

interface ByLinkProps {
  readonly linkKey: string;
  readonly wasSetup: boolean;
}

function ByLink({ linkKey: key, wasSetup }: ByLinkProps): JSX.Element {
  const [error, setError] = useState<Error>();
  const [session, setSession] = useState<SessionView>();
  useEffect(() => {
    entered ??= enter(key);
    entered.then(
      (made) => {
        rememberSession(made);
        if (wasSetup) setSession(made);
        else void refresh(['session']);
      },
      (failure: ApiError) => setError(failure),
    );
  }, [key, wasSetup]);
  if (error !== undefined) return <LinkFailed error={error} wasSetup={wasSetup} />;
  if (session === undefined) {
    return (
      <Card title={t.setup}>
        <Loading what={t.opening} />
      </Card>
    );
  }
  return (
    <Card title={t.setup}>
      <FirstAccount />
    </Card>
  );
}

function LinkFailed({ error, wasSetup }: { readonly error: Error; readonly wasSetup: boolean }) {
  return (
    <Card title={t.linkFailed}>
      <Failed error={error} />
      <NewLink lead={t.needLinkAgain} />
      {!wasSetup && <PasswordForm />}
    </Card>
  );
}

function NeedsLink(): JSX.Element {
  return (
    <Card title={t.needLink}>
      <p>{t.needLinkText}</p>
      <NewLink lead={t.needLinkAgain} />
    </Card>
  );
}

const LINK_COMMAND = 'portolan user link';

export function NewLink({ lead }: { readonly lead: string }): JSX.Element {
  return (
    <p className="sign-in-command">
      {lead}
      <span>
        <code>{LINK_COMMAND}</code>
        <Copy text={LINK_COMMAND} />
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
