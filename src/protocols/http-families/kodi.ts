import { access } from '../shared/facts.ts';
import { challenge } from '../shared/http-head.ts';
import { attributes, isTitled } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** The page of its web server is a remote control. */
export const kodi = {
  id: 'kodi',
  title: 'Kodi',
  sources: ['Kodi Wiki, Settings/Services/Control: web server'],
  suspects: (root) => {
    const realm = challenge(root.head.headers)?.realm;
    const isKodi = realm === 'XBMC' || realm === 'Kodi';
    return isKodi || root.title === 'Kodi' || isTitled(root, 'kodi web interface') ? 'named' : 'no';
  },
  root: ({ head }) => [
    ...attributes({ vendor: 'Kodi', kind: 'media player' }),
    ...(head.status === 200 ? [access('open')] : []),
  ],
} as const satisfies HttpFamily;
