import { attributes, isTitled } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** The page before the login tells the version (`<h1>RouterOS v6.48.6</h1>`). */
const VERSION = /RouterOS v(\d[\w.]{0,16})/;
/** Characters of the page in which it is looked for. */
const LOOK_AT = 8192;

export const mikrotik = {
  id: 'mikrotik',
  title: 'MikroTik RouterOS',
  sources: ['MikroTik documentation, Webfig: start page'],
  suspects: (root) => (isTitled(root, 'routeros') ? 'named' : 'no'),
  root: ({ body }) =>
    attributes({
      vendor: 'MikroTik',
      firmware: VERSION.exec(body.slice(0, LOOK_AT))?.[1],
      kind: 'router',
      os: 'RouterOS',
    }),
} as const satisfies HttpFamily;
