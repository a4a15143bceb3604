import type { Fact } from '../../model/evidence.ts';
import { access, attribute, detail } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { isTitled, locationOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const octoprint = {
  id: 'octoprint',
  title: 'OctoPrint',
  sources: ['OctoPrint documentation, Access Control'],
  suspects: (root) => (isTitled(root, 'octoprint') || isLogin(locationOf(root)) ? 'named' : 'no'),
  root: readRoot,
} as const satisfies HttpFamily;

/** Since 1.4 it sends strangers to its login, with the permissions that they lack. */
function isLogin(location: string): boolean {
  return location.includes('/login/') && location.includes('permissions=status');
}

function readRoot(root: Page): readonly Fact[] {
  const login = root.head.status >= 300 || isTitled(root, 'login');
  return [
    detail('product', 'OctoPrint'),
    attribute('kind', '3D printer'),
    ...(login ? [access('credentials')] : []),
  ];
}
