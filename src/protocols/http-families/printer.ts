import type { Page } from '../shared/http-page.ts';
import { attributes, serverOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Web servers that makers have in their printers alone -> the maker. */
const SERVERS: readonly (readonly [start: string, vendor: string])[] = [
  ['debut/', 'Brother'],
  ['epson_linux', 'Epson'],
  ['epson-http', 'Epson'],
  ['km-mfp-http', 'Kyocera'],
  ['canon http server', 'Canon'],
  ['lexmark', 'Lexmark'],
  ['xerox', 'Xerox'],
  ['ricoh', 'Ricoh'],
  ['web-server/3.0', 'Ricoh'],
];

/** Title: model, after a maker's name and before "series", a colon or the rest. */
const MODELS: ReadonlySet<string> = new Set(['Brother', 'Epson', 'Canon', 'Lexmark', 'Xerox']);

export const printer = {
  id: 'printer',
  title: 'Printer with a web page',
  sources: ['Brother, Epson, Kyocera, Canon, Lexmark, Ricoh: Server fields of their printers'],
  suspects: (root) => (makerOf(root) === undefined ? 'no' : 'named'),
  root: (root) => {
    const vendor = makerOf(root);
    const named = vendor !== undefined && MODELS.has(vendor) && root.title.startsWith(vendor);
    return attributes({ vendor, model: named ? root.title : undefined, kind: 'printer' });
  },
} as const satisfies HttpFamily;

function makerOf(root: Page): string | undefined {
  const server = serverOf(root);
  return SERVERS.find(([start]) => server.startsWith(start))?.[1];
}
