import type { Fact } from '../../model/evidence.ts';
import { access, detail } from '../shared/facts.ts';
import { field } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { textMember } from '../shared/json.ts';
import { attributes, isTitled, jsonOf, serverOf } from '../shared/page-words.ts';
import type { HttpFamily, Suspicion } from './family.ts';

export const wled = {
  id: 'wled',
  title: 'WLED',
  sources: ['WLED documentation, JSON API: /json/info'],
  suspects,
  document: { path: '/json/info', read },
} as const satisfies HttpFamily;

/** It sends its page in gzip to everybody, so that the title is seldom seen. */
function suspects(root: Page, port: number): Suspicion {
  if (isTitled(root, 'wled')) return 'named';
  const packed = field(root.head.headers, 'content-encoding') === 'gzip';
  return port === 80 && packed && serverOf(root) === '' ? 'possible' : 'no';
}

function read(page: Page): readonly Fact[] {
  const info = jsonOf(page);
  if (textMember(info, 'brand') !== 'WLED') return [];
  return [
    ...attributes({
      vendor: 'WLED',
      model: textMember(info, 'product'),
      hardware: textMember(info, 'arch'),
      firmware: textMember(info, 'ver'),
      name: textMember(info, 'name'),
      kind: 'light',
    }),
    detail('mac', textMember(info, 'mac') ?? ''),
    access('open'),
  ];
}
