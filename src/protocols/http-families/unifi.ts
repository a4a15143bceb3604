import type { Fact } from '../../model/evidence.ts';
import { detail } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { memberOf, textMember } from '../shared/json.ts';
import { attributes, isTitled, jsonOf, locationOf, uuid } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** The network application answers `/status` to everybody; consoles do not, and are known by title. */
export const unifi = {
  id: 'unifi',
  title: 'UniFi',
  sources: ['Ubiquiti UniFi Network application: /manage, /status'],
  suspects: (root, port) => {
    if (isTitled(root, 'unifi')) return 'named';
    return port === 8443 && locationOf(root).startsWith('/manage') ? 'possible' : 'no';
  },
  root: () => attributes({ vendor: 'Ubiquiti' }),
  document: { path: '/status', read },
} as const satisfies HttpFamily;

function read(page: Page): readonly Fact[] {
  const meta = memberOf(jsonOf(page), 'meta');
  const version = textMember(meta, 'server_version');
  if (version === undefined) return [];
  return [
    ...attributes({ vendor: 'Ubiquiti' }),
    detail('product', `UniFi Network ${version}`),
    ...uuid(textMember(meta, 'uuid')),
  ];
}
