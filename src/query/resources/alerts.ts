import type { AlertItem } from '../../model/api/alerts.ts';
import type { Field, Resource } from '../field.ts';
import { SEVERITY, THREAT, TRANSPORT } from './words.ts';

const FIELDS: readonly Field<AlertItem>[] = [
  {
    name: 'severity',
    type: 'choice',
    choices: SEVERITY,
    ordered: true,
    help: 'how bad',
    of: (it) => it.severity,
  },
  {
    name: 'state',
    type: 'choice',
    choices: ['open', 'acknowledged', 'snoozed', 'resolved'],
    help: 'what became of it',
    of: (it) => it.state,
  },
  { name: 'id', type: 'text', help: 'PTL-A-…', isSearched: true, of: (it) => it.id },
  { name: 'type', type: 'text', help: 'kind: new_port …', isSearched: true, of: (it) => it.type },
  {
    name: 'device',
    type: 'text',
    help: 'name or id of a device that it is about',
    isSearched: true,
    of: ({ devices }) => devices.flatMap(({ name, id }) => [name, id]),
  },
  { name: 'peer', type: 'text', help: 'with whom', isSearched: true, of: (it) => it.peer ?? '' },
  { name: 'port', type: 'number', help: 'port', of: (it) => it.port },
  {
    name: 'transport',
    type: 'choice',
    choices: TRANSPORT,
    help: 'tcp or udp',
    of: (it) => it.transport ?? '',
  },
  { name: 'threat', type: 'choice', choices: THREAT, help: 'the risk', of: (it) => it.threat },
  { name: 'incident', type: 'text', help: 'what it belongs to', of: (it) => it.incident },
  { name: 'count', type: 'number', help: 'how often', of: (it) => it.count },
  { name: 'summary', type: 'text', help: 'what', isSearched: true, of: (it) => it.summary },
  { name: 'firstAt', type: 'time', help: 'when it began', of: (it) => it.firstAt },
  { name: 'lastAt', type: 'time', help: 'when it was last seen', of: (it) => it.lastAt },
];

export const alerts: Resource<AlertItem> = {
  name: 'alerts',
  fields: FIELDS,
  order: '-lastAt',
  idOf: ({ id }) => id,
};
