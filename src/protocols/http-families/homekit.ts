import type { Fact } from '../../model/evidence.ts';
import { access, detail } from '../shared/facts.ts';
import { field } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { memberOf, parseJson } from '../shared/json.ts';
import { serverOf } from '../shared/page-words.ts';
import type { HttpFamily, Suspicion } from './family.ts';

/** "Connection authorization required": a status that no other protocol has. */
const UNPAIRED = 470;
/** HAP's own code for the same, in JSON. */
const INSUFFICIENT_PRIVILEGES = -70_401;

export const homekit = {
  id: 'homekit',
  title: 'HomeKit accessory',
  sources: ['HomeKit Accessory Protocol Specification (Non-Commercial Version) R2 §6.2.3, §6.6.4'],
  suspects,
  root: facts,
  document: { path: '/accessories', read: (page) => (isHap(page) ? facts() : []) },
} as const satisfies HttpFamily;

/** A server of ports without a name, that has no page: accessories choose any port. */
function suspects(root: Page, port: number): Suspicion {
  if (isHap(root)) return 'named';
  const bare = serverOf(root) === '' && root.head.status === 404;
  const type = field(root.head.headers, 'content-type') ?? '';
  return port > 1023 && bare && !type.includes('text/html') ? 'possible' : 'no';
}

function isHap({ head, body }: Page): boolean {
  if (head.status === UNPAIRED) return true;
  const isPackage = field(head.headers, 'content-type') === 'application/hap+json';
  return isPackage && memberOf(parseJson(body), 'status') === INSUFFICIENT_PRIVILEGES;
}

/** Everything is for whoever has paired. */
function facts(): readonly Fact[] {
  return [detail('api', 'HomeKit Accessory Protocol'), access('credentials')];
}
