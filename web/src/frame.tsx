import type { JSX, ReactNode } from 'react';
import { useCallback, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { SessionView } from '../../src/model/api/auth.ts';
import type { Page } from '../../src/model/api/common.ts';
import type { StatusView } from '../../src/model/api/daemon.ts';
import { send } from './api/client.ts';
import { pauseLive, useLiveState } from './api/events.ts';
import { refresh, useApi } from './api/hooks.ts';
import { useArrival } from './arrival.ts';
import { Health } from './health.tsx';
import { isTyping, useKeys } from './keys.ts';
import { Button } from './parts/button.tsx';
import { Dialog } from './parts/dialog.tsx';
import { Menu } from './parts/menu.tsx';
import { Toast } from './parts/toast.tsx';
import { choices, setPref, usePref } from './prefs.ts';
import { frame as de } from './words/de/frame.ts';
import { frame as en } from './words/en/frame.ts';
import { number } from './words/format.ts';
import { words } from './words/index.ts';

const t = words(en, de);

const NAV: readonly (readonly [keyof typeof t.pages, string])[] = [
  ['overview', '/'],
  ['devices', '/devices'],
  ['services', '/services'],
  ['flows', '/flows'],
  ['policy', '/policy'],
  ['alerts', '/alerts'],
  ['reports', '/reports'],
];

interface FrameProps {
  readonly session: SessionView;
  readonly children: ReactNode;
}

/** What is around every page. */
export function Frame({ session, children }: FrameProps): JSX.Element {
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const live = useLiveState();
  useArrival(main);
  useKeys(
    useCallback(() => search.current?.focus(), []),
    useCallback(() => setHelp(true), []),
  );
  const { data: status } = useApi<StatusView>('status');
  return (
    <>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <header className="top">
        <div className="top-bar">
          <Link href="/" className="brand">
            {t.product}
            {status !== undefined && <span className="brand-site">{status.site.name}</span>}
          </Link>
          <Search field={search} />
          <div className="top-tools">
            <LiveSwitch />
            <Health status={status} />
            <UserMenu session={session} onHelp={() => setHelp(true)} />
          </div>
        </div>
        <Nav />
      </header>
      {live === 'stale' && (
        <p className="stale" role="status">
          <span aria-hidden="true">◌</span> {t.stale}
        </p>
      )}
      <main id="content" ref={main} tabIndex={-1}>
        {children}
      </main>
      <Toast />
      {help && <KeyHelp onClose={() => setHelp(false)} />}
    </>
  );
}

function Nav(): JSX.Element {
  const [path] = useLocation();
  const { data } = useApi<Page<unknown>>('alerts', { filter: 'state = open', limit: 1 });
  const open = data?.total ?? 0;
  return (
    <nav className="nav" aria-label={t.nav}>
      {NAV.map(([key, href]) => {
        const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
        return (
          <Link key={key} href={href} aria-current={here ? 'page' : undefined}>
            {t.pages[key]}
            {key === 'alerts' && open > 0 && <span className="count">{number(open)}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

function Search({
  field,
}: {
  readonly field: React.RefObject<HTMLInputElement | null>;
}): JSX.Element {
  const [, go] = useLocation();
  return (
    <search className="search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(placeOf(field.current?.value.trim() ?? ''));
        }}
      >
        <input
          ref={field}
          type="search"
          name="q"
          aria-label={t.search}
          aria-keyshortcuts="/"
          placeholder={`${t.search} …`}
          autoComplete="off"
          spellCheck={false}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && !isTyping(event.nativeEvent)) event.currentTarget.blur();
          }}
        />
        <span className="key-hint" aria-hidden="true">
          /
        </span>
      </form>
    </search>
  );
}

const PLACES: Readonly<Record<string, string>> = { D: 'devices', A: 'alerts', C: 'changes' };

/** What has an id is gone to at once; all else is looked for among the devices. */
function placeOf(text: string): string {
  const [id, kind = ''] = /^PTL-([A-Z])-\w+$/i.exec(text) ?? [];
  const place = PLACES[kind.toUpperCase()];
  if (id !== undefined && place !== undefined) return `/${place}/${id.toUpperCase()}`;
  return text === '' ? '/devices' : `/devices?filter=${encodeURIComponent(text)}`;
}

function LiveSwitch(): JSX.Element {
  const state = useLiveState();
  const paused = state === 'paused';
  return (
    <Button
      look="quiet"
      className="live"
      data-state={state}
      aria-pressed={paused}
      aria-label={`${t.live[state]}. ${paused ? t.resume : t.pause}`}
      title={paused ? t.resume : t.pause}
      onClick={() => pauseLive(!paused)}
    >
      <span className="dot" aria-hidden="true" />
      <span className="wide-only">{t.live[state]}</span>
      <span aria-hidden="true">{paused ? '▶' : '❚❚'}</span>
    </Button>
  );
}

function UserMenu({
  session,
  onHelp,
}: {
  readonly session: SessionView;
  readonly onHelp: () => void;
}): JSX.Element {
  const [, go] = useLocation();
  const theme = usePref('theme');
  const detail = usePref('detail');
  const name = session.user?.name ?? '';
  const signOut = async (): Promise<void> => {
    await send('DELETE', 'session');
    await refresh(['session']);
  };
  return (
    <Menu
      look="quiet"
      label={<span className="user-name">{name}</span>}
      name={t.account(name)}
      items={[
        { label: t.scan, run: () => go('/scans') },
        { label: t.changes, run: () => go('/changes') },
        { label: t.settings, run: () => go('/settings') },
        { label: t.keys, run: onHelp },
        ...choices('theme').map((choice) => ({
          label: `${t.theme}: ${t.themes[choice]}`,
          checked: theme === choice,
          run: () => setPref('theme', choice),
        })),
        ...choices('detail').map((choice) => ({
          label: `${t.detail}: ${t.details[choice]}`,
          checked: detail === choice,
          run: () => setPref('detail', choice),
        })),
        { label: t.signOut, run: () => void signOut() },
      ]}
    />
  );
}

function KeyHelp({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t.keys} onClose={onClose}>
      <dl className="keys">
        {Object.entries(t.keyHelp).map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p>{t.keysOff}</p>
    </Dialog>
  );
}
