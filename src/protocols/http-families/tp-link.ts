import { challenge } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, isTitled, mentions } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** Model names of its routers and access points: `TL-WR841N`, `Archer C7`, `EAP225`. */
const MODEL = /\b(?:TL-[A-Z0-9]{3,12}|Archer [A-Z0-9]{1,8}|EAP\d{3}[\w-]{0,8})\b/;

export const tpLink = {
  id: 'tp-link',
  title: 'TP-Link router',
  sources: ['TP-Link, user guides of TL-WR and Archer routers: web management page, login realm'],
  suspects: (root) => (isOne(root) ? 'named' : 'no'),
  root: (root) =>
    attributes({
      vendor: 'TP-Link',
      model: MODEL.exec(`${root.title} ${realmOf(root)}`)?.[0],
      kind: 'router',
    }),
} as const satisfies HttpFamily;

function isOne(root: Page): boolean {
  const named = `${root.title} ${realmOf(root)}`;
  return (
    MODEL.test(named) ||
    /\btp-link\b/i.test(named) ||
    (isTitled(root, 'opening...') && mentions(root, 'tp-link'))
  );
}

function realmOf({ head }: Page): string {
  return challenge(head.headers)?.realm ?? '';
}
