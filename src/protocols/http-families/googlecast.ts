import type { Fact } from '../../model/evidence.ts';
import { access } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { memberOf, textMember } from '../shared/json.ts';
import { attributes, jsonOf, uuid } from '../shared/page-words.ts';
import type { HttpFamily } from './family.ts';

export const googlecast = {
  id: 'googlecast',
  title: 'Google Cast',
  sources: [
    'https://rithvikvibhu.github.io/GHLocalApi/ (Google Home Local API, /setup/eureka_info)',
  ],
  suspects: ({ head }, port) =>
    (port === 8008 || port === 8443) && head.status === 404 ? 'possible' : 'no',
  document: { path: '/setup/eureka_info', read },
} as const satisfies HttpFamily;

/** Older firmware has the model at the top, newer in `detail` or `device_info`. */
function read(page: Page): readonly Fact[] {
  const info = jsonOf(page);
  const firmware = textMember(info, 'cast_build_revision');
  const udn = textMember(info, 'ssdp_udn');
  if (firmware === undefined && udn === undefined) return [];
  const about = memberOf(info, 'detail') ?? memberOf(info, 'device_info');
  return [
    ...attributes({
      vendor: textMember(about, 'manufacturer') ?? 'Google',
      model: textMember(about, 'model_name') ?? textMember(info, 'model_name') ?? 'Google Cast',
      firmware,
      name: textMember(info, 'name'),
      kind: 'media player',
    }),
    ...uuid(udn),
    access('open'),
  ];
}
