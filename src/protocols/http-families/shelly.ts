import type { Fact } from '../../model/evidence.ts';
import { access, detail } from '../shared/facts.ts';
import { field } from '../shared/http-head.ts';
import type { Page } from '../shared/http-page.ts';
import { booleanMember, memberOf, textMember } from '../shared/json.ts';
import { attributes, isTitled, jsonOf, serverOf } from '../shared/page-words.ts';
import type { HttpFamily, Suspicion } from './family.ts';

/** `/shelly` answers without a login in every generation, so that programs can tell them apart. */
export const shelly = {
  id: 'shelly',
  title: 'Shelly',
  sources: [
    'Shelly API docs, Gen1: /shelly',
    'Shelly API docs, Gen2+: Shelly.GetDeviceInfo, HTTP endpoint /shelly',
  ],
  suspects,
  document: { path: '/shelly', read },
} as const satisfies HttpFamily;

function suspects(root: Page, port: number): Suspicion {
  if (serverOf(root).startsWith('shelly') || isTitled(root, 'shelly')) return 'named';
  // A page in gzip that nobody asked for, from a server without a name: what small chips have.
  const packed = field(root.head.headers, 'content-encoding') === 'gzip';
  const plain = serverOf(root) === '' && (packed || root.head.status === 401);
  return port === 80 && plain ? 'possible' : 'no';
}

function read(page: Page): readonly Fact[] {
  const info = jsonOf(page);
  const mac = textMember(info, 'mac') ?? '';
  const secured = booleanMember(info, 'auth_en') ?? booleanMember(info, 'auth');
  if (!/^[0-9A-Fa-f]{12}$/.test(mac) || secured === undefined) return [];
  const generation = memberOf(info, 'gen');
  return [
    ...attributes({
      vendor: 'Shelly',
      model: textMember(info, 'app') ?? textMember(info, 'type'),
      hardware: textMember(info, 'model'),
      firmware: textMember(info, 'ver') ?? textMember(info, 'fw'),
      name: textMember(info, 'name') ?? textMember(info, 'id'),
      kind: 'relay',
    }),
    detail('generation', typeof generation === 'number' ? String(generation) : '1'),
    detail('mac', mac),
    access(secured ? 'credentials' : 'open'),
  ];
}
