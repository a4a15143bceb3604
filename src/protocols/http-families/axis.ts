import { challenge } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, isTitled, locationOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** `AXIS_ACCC8E123456`: the serial number, which is the MAC. */
const REALM = /^AXIS_([0-9A-F]{12})$/;

export const axis = {
  id: 'axis',
  title: 'Axis camera',
  sources: ['Axis VAPIX, authentication: realm; start page /camera/index.html'],
  suspects: (root) => (isOne(root) ? 'named' : 'no'),
  root: (root) =>
    attributes({ vendor: 'Axis', serial: REALM.exec(realmOf(root))?.[1], kind: 'camera' }),
} as const satisfies HttpFamily;

function isOne(root: Page): boolean {
  const start = locationOf(root).endsWith('/camera/index.html');
  return REALM.test(realmOf(root)) || start || isTitled(root, 'axis communications');
}

function realmOf({ head }: Page): string {
  return challenge(head.headers)?.realm ?? '';
}
