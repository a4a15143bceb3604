import type { ServiceItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { portFields, protocolField, verdictField } from './of-port.ts';
import { CERTAINTY, SOURCE } from './words.ts';

const FIELDS: readonly Field<ServiceItem>[] = [
  ...portFields<ServiceItem>(),
  {
    name: 'state',
    type: 'choice',
    choices: ['open', 'closed', 'silent'],
    help: 'whether it answers now',
    of: (it) => it.state,
  },
  protocolField(),
  { name: 'version', type: 'text', help: 'version of the protocol', of: (it) => it.version },
  {
    name: 'over',
    type: 'choice',
    choices: ['tcp', 'udp', 'tls', 'dtls'],
    help: 'what carries it',
    of: (it) => it.over,
  },
  {
    name: 'access',
    type: 'choice',
    choices: ['open', 'credentials', 'unknown'],
    help: 'whether it answers without a login',
    of: (it) => it.access,
  },
  {
    name: 'certainty',
    type: 'choice',
    choices: CERTAINTY,
    ordered: true,
    help: 'how sure the protocol is',
    of: (it) => it.certainty,
  },
  { name: 'encrypted', type: 'truth', help: 'over TLS or alike', of: (it) => it.encrypted },
  {
    name: 'source',
    type: 'choice',
    choices: SOURCE,
    help: 'who saw it',
    of: (it) => it.sources,
  },
  {
    name: 'detail',
    type: 'text',
    help: 'a particular: HTTP title, Server …',
    isSearched: true,
    of: (it) => it.details.map(({ value }) => value),
  },
  verdictField(),
  { name: 'firstSeen', type: 'time', help: 'when it was first open', of: (it) => it.firstSeen },
  { name: 'lastSeen', type: 'time', help: 'when it was seen last', of: (it) => it.lastSeen },
];

export const services: Resource<ServiceItem> = {
  name: 'services',
  fields: FIELDS,
  order: 'device',
  idOf: ({ device, transport, port }) => `${device.id} ${transport}/${port}`,
};
