import { attributes, isTitled } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Its page is the same for everybody; who is behind it shows only after a login. */
export const homeAssistant = {
  id: 'home-assistant',
  title: 'Home Assistant',
  sources: ['Home Assistant developer documentation, Frontend; Authentication API'],
  suspects: (root) => (isTitled(root, 'home assistant') ? 'named' : 'no'),
  root: () => attributes({ vendor: 'Home Assistant', kind: 'hub' }),
} as const satisfies HttpFamily;
