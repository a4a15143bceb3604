import type { Fact } from '../../model/evidence.ts';
import type { Page } from '../shared/http-page.ts';
import { textMember } from '../shared/json.ts';
import { attributes, isTitled, jsonOf } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

/** A bridge tells anybody what it is; lamps it shows only to whoever has paired (hence no access). */
export const hue = {
  id: 'hue',
  title: 'Philips Hue bridge',
  sources: [
    'Philips Hue Developer Program, Configuration API §7.2 "Get configuration" without a user',
  ],
  suspects: (root) => (isTitled(root, 'hue personal wireless lighting') ? 'named' : 'no'),
  document: { path: '/api/config', read },
} as const satisfies HttpFamily;

function read(page: Page): readonly Fact[] {
  const config = jsonOf(page);
  const id = textMember(config, 'bridgeid');
  if (id === undefined) return [];
  return attributes({
    vendor: 'Philips Hue',
    model: `Hue Bridge ${textMember(config, 'modelid') ?? ''}`,
    firmware: textMember(config, 'swversion'),
    serial: id,
    name: textMember(config, 'name'),
    kind: 'bridge',
  });
}
