import type { ChangeEvent } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';

const FIELDS: readonly Field<ChangeEvent>[] = [
  { name: 'at', type: 'time', help: 'when', of: (it) => it.at },
  {
    name: 'kind',
    type: 'choice',
    choices: [
      'device-new',
      'port-opened',
      'port-closed',
      'protocol-changed',
      'attribute-changed',
      'alert',
      'change-applied',
    ],
    help: 'what changed',
    of: (it) => it.kind,
  },
  {
    name: 'device',
    type: 'text',
    help: 'name or id of the device',
    isSearched: true,
    of: ({ device }) => (device === undefined ? [] : [device.name, device.id]),
  },
  { name: 'text', type: 'text', help: 'in words', isSearched: true, of: (it) => it.text },
];

export const changelog: Resource<ChangeEvent> = {
  name: 'changelog',
  fields: FIELDS,
  order: '-at',
  idOf: ({ at, kind, device, text }) => `${kind} ${device?.id ?? ''} ${text} ${at}`.slice(0, 200),
};
