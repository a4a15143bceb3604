import { QueryClientProvider } from '@tanstack/react-query';
import type { JSX } from 'react';
import { lazy, Suspense, useEffect } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import type { SessionView } from '../../src/model/api/auth.ts';
import { rememberSession, whenSignedOut } from './api/client.ts';
import { startLive } from './api/events.ts';
import { queries, refresh, useApi } from './api/hooks.ts';
import { useTitle } from './arrival.ts';
import { BASE_PATH } from './base.ts';
import { Fence } from './fence.tsx';
import { Frame } from './frame.tsx';
import { PAGES } from './pages/index.ts';
import { Empty, Failed, Loading } from './parts/states.tsx';
import { frame as de } from './words/de/frame.ts';
import { frame as en } from './words/en/frame.ts';
import { words } from './words/index.ts';

const t = words(en, de);

const SignIn = lazy(async () => ({ default: (await import('./pages/sign-in.tsx')).SignIn }));

whenSignedOut(() => void refresh(['session']));

export function App(): JSX.Element {
  return (
    <QueryClientProvider client={queries}>
      <Router base={BASE_PATH}>
        <Gate />
      </Router>
    </QueryClientProvider>
  );
}

/** Nothing of the site is asked for before somebody has signed in. */
function Gate(): JSX.Element {
  useTitle(t.product);
  const { data: session, error, refetch } = useApi<SessionView>('session');
  if (session === undefined) {
    return error === null ? (
      <Loading what={t.starting} />
    ) : (
      <main className="alone">
        <Failed isPage error={error} retry={() => void refetch()} />
      </main>
    );
  }
  rememberSession(session);
  if (session.state === 'signed-in') return <SignedIn session={session} />;
  return (
    <Suspense fallback={<Loading />}>
      <SignIn session={session} />
    </Suspense>
  );
}

function SignedIn({ session }: { readonly session: SessionView }): JSX.Element {
  useEffect(startLive, []);
  const [here] = useLocation();
  return (
    <Frame session={session}>
      <Fence key={here}>
        <Suspense fallback={<Loading />}>
          <Switch>
            {PAGES.map(({ path, Page }) => (
              <Route key={path} path={path}>
                <Page />
              </Route>
            ))}
            <Route>
              <Empty isPage title={t.notFound}>
                <Link href="/">{t.toOverview}</Link>
              </Empty>
            </Route>
          </Switch>
        </Suspense>
      </Fence>
    </Frame>
  );
}
