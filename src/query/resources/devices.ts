import type { DeviceItem } from '../../model/api/site.ts';
import type { Field, Resource } from '../field.ts';
import { CATEGORY, RISK } from './words.ts';

const FIELDS: readonly Field<DeviceItem>[] = [
  { name: 'name', type: 'text', help: 'what it is called', isSearched: true, of: (it) => it.name },
  { name: 'id', type: 'text', help: 'PTL-D-…', isSearched: true, of: (it) => it.id },
  { name: 'vendor', type: 'text', help: 'who made it', isSearched: true, of: (it) => it.vendor },
  { name: 'model', type: 'text', help: 'which model', isSearched: true, of: (it) => it.model },
  { name: 'firmware', type: 'text', help: 'version of its firmware', of: (it) => it.firmware },
  { name: 'kind', type: 'text', help: 'camera, thermostat, plc …', of: (it) => it.kind },
  {
    name: 'category',
    type: 'choice',
    choices: CATEGORY,
    help: 'smart-home, industrial …',
    of: (it) => it.category,
  },
  { name: 'zone', type: 'text', help: 'zone of its address', of: (it) => it.zone },
  {
    name: 'address',
    type: 'address',
    help: 'one of its addresses, or a network',
    isSearched: true,
    of: (it) => it.addresses,
  },
  { name: 'mac', type: 'text', help: 'hardware address', isSearched: true, of: (it) => it.macs },
  {
    name: 'risk',
    type: 'choice',
    choices: RISK,
    ordered: true,
    help: 'worst of its findings and open alerts',
    of: (it) => it.risk,
  },
  { name: 'findings', type: 'number', help: 'how many findings', of: (it) => it.findings },
  { name: 'alerts', type: 'number', help: 'how many open alerts', of: (it) => it.alerts },
  {
    name: 'port',
    type: 'number',
    help: 'a port that is open',
    of: (it) => it.services.map(({ port }) => port),
  },
  {
    name: 'protocol',
    type: 'text',
    help: 'a protocol that it speaks',
    of: (it) => it.services.map(({ protocol }) => protocol),
  },
  {
    name: 'service.open',
    type: 'number',
    help: 'how many ports are open',
    of: (it) => it.services.length,
  },
  {
    name: 'service.unused',
    type: 'number',
    help: 'how many open ports nobody was seen to use',
    of: (it) => it.unused,
  },
  { name: 'service.needed', type: 'number', help: 'how many are needed', of: (it) => it.needed },
  {
    name: 'policy',
    type: 'choice',
    choices: ['none', 'observing', 'learned', 'trial', 'enforcing', 'quarantine'],
    ordered: true,
    help: 'how far its policy is',
    of: (it) => it.policy,
  },
  {
    name: 'reachable',
    type: 'truth',
    help: 'a way leads to it from the internet',
    of: (it) => it.reachable,
  },
  { name: 'fragile', type: 'truth', help: 'to be treated with care', of: (it) => it.fragile },
  { name: 'behind', type: 'text', help: 'device that speaks for it', of: (it) => it.behind ?? '' },
  { name: 'firstSeen', type: 'time', help: 'when it came', of: (it) => it.firstSeen },
  { name: 'lastSeen', type: 'time', help: 'when it was seen last', of: (it) => it.lastSeen },
];

export const devices: Resource<DeviceItem> = {
  name: 'devices',
  fields: FIELDS,
  order: '-risk',
  idOf: ({ id }) => id,
};
