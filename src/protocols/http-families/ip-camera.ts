import { detail } from '../shared/facts.ts';
import { challenge } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, mentions, serverOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Words that cameras of any maker have in title, realm or Server. */
const WORDS = ['ip camera', 'ipcam', 'ipcamera', 'netcam', 'network camera', 'netwave'];

export const ipCamera = {
  id: 'ip-camera',
  title: 'Network camera',
  sources: ['ONVIF Core Specification §5.1 (web services over HTTP)'],
  suspects: (root) => (isOne(root) ? 'named' : 'no'),
  root: (root) => [
    ...attributes({ kind: 'camera' }),
    ...(speaksOnvif(root) ? [detail('api', 'ONVIF')] : []),
  ],
} as const satisfies HttpFamily;

function isOne(root: Page): boolean {
  const { title, head } = root;
  const shown = `${title} ${challenge(head.headers)?.realm ?? ''} ${serverOf(root)}`.toLowerCase();
  return WORDS.some((word) => shown.includes(word)) || speaksOnvif(root);
}

function speaksOnvif(root: Page): boolean {
  return mentions(root, 'http://www.onvif.org/');
}
