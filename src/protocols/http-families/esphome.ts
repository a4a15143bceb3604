import { access } from '../shared/facts.ts';
import { attributes, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

const SUFFIX = ' Web Server';

/** The page switches everything that the node has: whoever sees it may. */
export const esphome = {
  id: 'esphome',
  title: 'ESPHome web server',
  sources: ['ESPHome documentation, Web Server Component; its index page'],
  suspects: (root) => (mentions(root, '<esp-app', 'esphome.io/') ? 'named' : 'no'),
  root: ({ head, title }) => [
    ...attributes({
      vendor: 'ESPHome',
      name: title.endsWith(SUFFIX) ? title.slice(0, -SUFFIX.length) : title,
    }),
    ...(head.status === 200 ? [access('open')] : []),
  ],
} as const satisfies HttpFamily;
