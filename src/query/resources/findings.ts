import type { FindingItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { CERTAINTY, SEVERITY, THREAT, TRANSPORT } from './words.ts';

const FIELDS: readonly Field<FindingItem>[] = [
  {
    name: 'severity',
    type: 'choice',
    choices: SEVERITY,
    ordered: true,
    help: 'how bad',
    of: (it) => it.severity,
  },
  {
    name: 'device',
    type: 'text',
    help: 'name or id of the device',
    isSearched: true,
    of: ({ device }) => [device.name, device.id],
  },
  { name: 'id', type: 'text', help: 'PTL-F-…', isSearched: true, of: (it) => it.id },
  { name: 'rule', type: 'text', help: 'which rule found it', of: (it) => it.rule },
  { name: 'threat', type: 'choice', choices: THREAT, help: 'the risk', of: (it) => it.threat },
  {
    name: 'certainty',
    type: 'choice',
    choices: CERTAINTY,
    ordered: true,
    help: 'how sure it is',
    of: (it) => it.certainty,
  },
  { name: 'port', type: 'number', help: 'port', of: (it) => it.port },
  {
    name: 'transport',
    type: 'choice',
    choices: TRANSPORT,
    help: 'tcp or udp',
    of: (it) => it.transport ?? '',
  },
  { name: 'summary', type: 'text', help: 'what', isSearched: true, of: (it) => it.summary },
  { name: 'clause', type: 'text', help: 'clause of a standard', of: (it) => it.clauses },
];

export const findings: Resource<FindingItem> = {
  name: 'findings',
  fields: FIELDS,
  order: '-severity',
  idOf: ({ id, device, transport, port }) => `${id} ${device.id} ${transport ?? ''}/${port ?? ''}`,
};
