import type { Fact } from '../../model/evidence.ts';
import type { Leaf } from './elements.ts';
import { DOCUMENT_CAP, leaves } from './elements.ts';
import { detail } from './facts.ts';
import { attributes, uuid } from './page-words.ts';
import { utf8 } from './strings.ts';

/** Services of one description that are shown. */
const SERVICES_CAP = 32;

/** Device type -> kind, in the field's usual words (UPnP Forum, device control protocols). */
const KINDS: readonly (readonly [type: string, kind: string])[] = [
  ['InternetGatewayDevice', 'router'],
  ['WLANAccessPointDevice', 'access point'],
  ['MediaRenderer', 'media player'],
  ['MediaServer', 'media server'],
  ['Printer', 'printer'],
  ['DigitalSecurityCamera', 'camera'],
  ['BinaryLight', 'light'],
  ['DimmableLight', 'light'],
  ['ZonePlayer', 'speaker'],
];

/**
 * What a UPnP description says (UPnP Device Architecture 2.0 §2.3): the root device's names and
 * numbers, and the services of it and of the devices within. No facts where it is none.
 */
export function describe(text: string): readonly Fact[] {
  const all = leaves(text);
  const root = (name: string): string | undefined =>
    all.find(({ path }) => path === `root/device/${name}`)?.text;
  const type = root('deviceType') ?? '';
  const named = root('friendlyName');
  if (named === undefined && type === '') return [];
  return [
    ...attributes({
      vendor: root('manufacturer'),
      model: root('modelName'),
      hardware: root('modelNumber'),
      serial: root('serialNumber'),
      name: named,
      kind: KINDS.find(([word]) => type.includes(`:${word}:`))?.[1],
    }),
    ...uuid(root('UDN')),
    ...(type === '' ? [] : [detail('deviceType', type)]),
    ...details(root('modelDescription'), 'modelDescription'),
    ...servicesOf(all),
  ];
}

/** The same of a document as it came. */
export function describeBytes(document: Uint8Array): readonly Fact[] {
  return describe(utf8(document, DOCUMENT_CAP));
}

function details(text: string | undefined, name: string): readonly Fact[] {
  return text === undefined ? [] : [detail(name, text)];
}

/** Port mapping (WANIPConnection, WANPPPConnection) stands two devices down. */
function servicesOf(all: readonly Leaf[]): readonly Fact[] {
  const types = all.filter(({ name }) => name === 'serviceType').map(({ text }) => text);
  return [...new Set(types)].slice(0, SERVICES_CAP).map((type) => detail('upnp service', type));
}
