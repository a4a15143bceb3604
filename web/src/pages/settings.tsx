import type { JSX } from 'react';
import type { SessionView } from '../../../src/model/api/auth.ts';
import { useParam } from '../address.ts';
import { apiUrl } from '../api/client.ts';
import { useApi } from '../api/hooks.ts';
import { CopyAs } from '../parts/copy.tsx';
import { Empty, Loading } from '../parts/states.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { settings as de } from '../words/de/settings.ts';
import { settings as en } from '../words/en/settings.ts';
import { words } from '../words/index.ts';
import { useMay } from './may.ts';
import { Appearance } from './settings/appearance.tsx';
import { Audit } from './settings/audit.tsx';
import { Channels } from './settings/channels.tsx';
import { Config } from './settings/config.tsx';
import { Me } from './settings/me.tsx';
import { Schedules } from './settings/schedules.tsx';
import { Tokens } from './settings/tokens.tsx';
import { Users } from './settings/users.tsx';
import './shared.css';
import './settings.css';

const t = words(en, de);

const SECTIONS = [
  'me',
  'look',
  'users',
  'tokens',
  'channels',
  'schedules',
  'config',
  'audit',
] as const;
type Section = (typeof SECTIONS)[number];

/** Only an administrator may see these: the API would refuse all others. */
const FOR_ADMINS: ReadonlySet<Section> = new Set(['users', 'tokens', 'audit']);

const TWINS: Readonly<Record<Section, readonly [cli: string, api: string]>> = {
  me: ['portolan user', 'session'],
  look: ['portolan --help', 'session'],
  users: ['portolan user', 'users'],
  tokens: ['portolan token', 'tokens'],
  channels: ['portolan notify', 'settings'],
  schedules: ['portolan config show', 'settings'],
  config: ['portolan config show', 'settings'],
  audit: ['portolan audit', 'audit'],
};

export function Page(): JSX.Element {
  const [chosen, setSection] = useParam('section', 'me');
  const section: Section = SECTIONS.find((one) => one === chosen) ?? 'me';
  const { data: session } = useApi<SessionView>('session');
  const isAdmin = useMay('admin');
  const [cli, api] = TWINS[section];
  if (session === undefined) return <Loading />;
  return (
    <>
      <header className="page-head">
        <h1>{t.title}</h1>
      </header>
      <Tabs
        name={t.sections}
        tabs={SECTIONS.map((key) => ({ key, label: t[key] }))}
        current={section}
        onChange={setSection}
      >
        <div className="settings">
          {FOR_ADMINS.has(section) && !isAdmin ? (
            <Empty title={t.onlyAdmin} />
          ) : (
            <Body section={section} session={session} />
          )}
        </div>
      </Tabs>
      <CopyAs cli={cli} api={apiUrl(api)} />
    </>
  );
}

interface BodyProps {
  readonly section: Section;
  readonly session: SessionView;
}

function Body({ section, session }: BodyProps): JSX.Element {
  switch (section) {
    case 'me':
      return <Me session={session} />;
    case 'look':
      return <Appearance />;
    case 'users':
      return <Users own={session.user?.name} />;
    case 'tokens':
      return <Tokens />;
    case 'channels':
      return <Channels />;
    case 'schedules':
      return (
        <div className="sheet">
          <Schedules />
        </div>
      );
    case 'config':
      return <Config />;
    case 'audit':
      return <Audit />;
  }
}
