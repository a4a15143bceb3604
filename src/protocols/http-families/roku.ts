import type { Fact } from '../../model/evidence.ts';
import { leaves, textAt } from '../shared/elements.ts';
import { access } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { attributes, serverOf, uuid } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const roku = {
  id: 'roku',
  title: 'Roku',
  sources: ['Roku developer documentation, External Control Protocol, query/device-info'],
  suspects: (root, port) =>
    serverOf(root).startsWith('roku') ? 'named' : port === 8060 ? 'possible' : 'no',
  document: { path: '/query/device-info', read },
} as const satisfies HttpFamily;

function read({ head, body }: Page): readonly Fact[] {
  if (head.status !== 200) return [];
  const all = leaves(body);
  if (!all.some(({ path }) => path === 'device-info/serial-number')) return [];
  const isTv = textAt(all, 'is-tv') === 'true';
  // Whoever may use this protocol may press every key; "limited" takes that away.
  const mode = textAt(all, 'ecp-setting-mode') ?? 'default';
  return [
    ...attributes({
      vendor: textAt(all, 'vendor-name'),
      model: textAt(all, 'model-name'),
      hardware: textAt(all, 'model-number'),
      firmware: textAt(all, 'software-version'),
      serial: textAt(all, 'serial-number'),
      name: textAt(all, 'friendly-device-name') ?? textAt(all, 'user-device-name'),
      kind: isTv ? 'tv' : 'media player',
    }),
    ...uuid(textAt(all, 'udn')),
    ...(['limited', 'disabled'].includes(mode) ? [] : [access('open')]),
  ];
}
