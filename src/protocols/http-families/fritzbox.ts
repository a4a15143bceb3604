import type { Fact } from '../../model/evidence.ts';
import { leaves, textAt } from '../shared/elements.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, isTitled } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const fritzbox = {
  id: 'fritzbox',
  title: 'FRITZ!Box',
  sources: ['AVM, "jason_boxinfo.xml": what a FRITZ! device tells programs of the home network'],
  suspects: (root) => (isTitled(root, 'fritz!') ? 'named' : 'no'),
  document: { path: '/jason_boxinfo.xml', read },
} as const satisfies HttpFamily;

function read({ head, body }: Page): readonly Fact[] {
  const all = head.status === 200 ? leaves(body) : [];
  if (!all.some(({ path }) => path === 'BoxInfo/Name')) return [];
  const name = textAt(all, 'Name') ?? '';
  return attributes({
    vendor: 'AVM',
    model: name,
    hardware: textAt(all, 'HW'),
    firmware: textAt(all, 'Version'),
    serial: textAt(all, 'Serial'),
    kind: name.includes('Repeater') ? 'access point' : 'router',
  });
}
