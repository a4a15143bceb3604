import type { ServiceItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { CERTAINTY, SOURCE, TRANSPORT, VERDICT } from './words.ts';

const FIELDS: readonly Field<ServiceItem>[] = [
  {
    name: 'device',
    type: 'text',
    help: 'name or id of the device',
    isSearched: true,
    of: ({ device }) => [device.name, device.id],
  },
  { name: 'port', type: 'number', help: 'port', of: (it) => it.port },
  {
    name: 'transport',
    type: 'choice',
    choices: TRANSPORT,
    help: 'tcp or udp',
    of: (it) => it.transport,
  },
  {
    name: 'state',
    type: 'choice',
    choices: ['open', 'closed', 'silent'],
    help: 'whether it answers now',
    of: (it) => it.state,
  },
  {
    name: 'protocol',
    type: 'text',
    help: 'protocol really spoken',
    isSearched: true,
    of: (it) => it.protocol,
  },
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
  {
    name: 'verdict',
    type: 'choice',
    choices: VERDICT,
    help: 'what the ledger says',
    of: (it) => it.verdict,
  },
  { name: 'firstSeen', type: 'time', help: 'when it was first open', of: (it) => it.firstSeen },
  { name: 'lastSeen', type: 'time', help: 'when it was seen last', of: (it) => it.lastSeen },
];

export const services: Resource<ServiceItem> = {
  name: 'services',
  fields: FIELDS,
  order: 'device',
  idOf: ({ device, transport, port }) => `${device.id} ${transport}/${port}`,
};
