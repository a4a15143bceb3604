import type { Fact } from '../../model/evidence.ts';
import { access, attribute } from '../shared/facts.ts';
import type { Page } from '../shared/http-page.ts';
import { serverOf } from '../shared/page-words.ts';
import { describe } from '../shared/upnp-description.ts';
import type { HttpFamily } from './family.ts';

export const sonos = {
  id: 'sonos',
  title: 'Sonos',
  sources: [
    'UPnP Device Architecture 2.0 §2.3 (description)',
    'https://docs.python-soco.com/ (UPnP services of Sonos on tcp/1400)',
  ],
  suspects: (root, port) =>
    serverOf(root).includes('sonos/') ? 'named' : port === 1400 ? 'possible' : 'no',
  document: { path: '/xml/device_description.xml', read },
} as const satisfies HttpFamily;

/** Play, volume and queue are UPnP services that ask nobody who he is. */
function read({ head, body }: Page): readonly Fact[] {
  if (head.status !== 200 || !body.slice(0, 4096).includes('Sonos')) return [];
  const described = describe(body);
  if (described.length === 0) return [];
  const others = described.filter((fact) => fact.kind !== 'attribute' || fact.name !== 'kind');
  return [...others, attribute('kind', 'speaker'), access('open')];
}
