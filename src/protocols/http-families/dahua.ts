import { challenge } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** `Login to 4C0A1D2PAGB1234`: the realm carries the serial number. */
const REALM = /^Login to ([0-9A-Za-z]{8,24})$/;

export const dahua = {
  id: 'dahua',
  title: 'Dahua camera or recorder',
  sources: ['Dahua HTTP API, authentication: realm; title "WEB SERVICE" of its web page'],
  suspects: (root) => (isOne(root) ? 'named' : 'no'),
  root: (root) =>
    attributes({ vendor: 'Dahua', serial: REALM.exec(realmOf(root))?.[1], kind: 'camera' }),
} as const satisfies HttpFamily;

function isOne(root: Page): boolean {
  const script = mentions(root, 'jscore/rpccore.js', 'jscore/common.js', '/custom_lang/', 'dahua');
  return REALM.test(realmOf(root)) || (root.title.toUpperCase() === 'WEB SERVICE' && script);
}

function realmOf({ head }: Page): string {
  return challenge(head.headers)?.realm ?? '';
}
