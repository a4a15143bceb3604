import type { Fact } from '../../model/evidence.ts';
import { detail } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { textMember } from '../shared/json.ts';
import { isTitled, jsonOf, locationOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const grafana = {
  id: 'grafana',
  title: 'Grafana',
  sources: ['Grafana documentation, HTTP API: GET /api/health'],
  suspects: (root, port) => {
    if (isTitled(root, 'grafana')) return 'named';
    return port === 3000 && locationOf(root).endsWith('/login') ? 'possible' : 'no';
  },
  document: { path: '/api/health', read },
} as const satisfies HttpFamily;

function read(page: Page): readonly Fact[] {
  const health = jsonOf(page);
  const version = textMember(health, 'version');
  if (version === undefined || textMember(health, 'database') === undefined) return [];
  return [detail('product', `Grafana ${version}`)];
}
