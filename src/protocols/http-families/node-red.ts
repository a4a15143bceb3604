import type { Fact } from '../../model/evidence.ts';
import { access, detail } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { textMember } from '../shared/json.ts';
import { isTitled, jsonOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const nodeRed = {
  id: 'node-red',
  title: 'Node-RED',
  sources: ['Node-RED documentation, Admin HTTP API: GET /settings; Securing Node-RED'],
  suspects: (root) => (isTitled(root, 'node-red') ? 'named' : 'no'),
  document: { path: '/settings', read },
} as const satisfies HttpFamily;

/** Whoever may read the settings without a login may also put in flows, which run as programs. */
function read(page: Page): readonly Fact[] {
  if (page.head.status === 401) return [detail('product', 'Node-RED'), access('credentials')];
  const settings = jsonOf(page);
  const version = textMember(settings, 'version');
  if (version === undefined || textMember(settings, 'httpNodeRoot') === undefined) return [];
  return [detail('product', `Node-RED ${version}`), access('open')];
}
